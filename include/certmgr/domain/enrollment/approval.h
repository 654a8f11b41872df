// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/day.h"
#include "certmgr/domain/enrollment/request.h"
#include "certmgr/domain/instant.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::enrollment {

/// When an approved order may be placed: from `opens` on and before `closes`. Nothing: always.
struct ChangeWindow {
  std::optional<Instant> opens{};
  std::optional<Instant> closes{};
  /// Holds a moment that has not passed.
  [[nodiscard]] bool usable(Instant now) const;
  bool operator==(const ChangeWindow&) const = default;
};

/// One person's word for one request. Records: never changed, never removed; they count for the request whose
/// hash they have, and for no other.
struct Approval {
  std::string person;
  Instant at;
  std::string request_hash;  // of canonical()
  std::string comment{};
  ChangeWindow window{};
  bool operator==(const Approval&) const = default;
};

/// Whom an organization lets approve at a level, and how long.
struct NamedApprover {
  std::string person;
  std::optional<Day> until{};  // 00:00 UTC of this day is too late
};

/// What a company demands of its requests. No rule of the CA/Browser Forum: those bind CAs.
struct Rules {
  int quorum = 1;             // persons who must approve; 0: nobody is asked
  bool dual_control = false;  // who has requested or edited does not approve
  Duration window = std::chrono::days(14);
  std::optional<std::vector<NamedApprover>> approvers{};  // nothing: whoever has the role
};
/// One approver; at EV another person than the requester.
Rules default_rules(OrganizationLevel level);

/// What a decision rests on besides the enrollment.
struct Context {
  Rules rules;
  Digest sha256;
  Instant now;
};

/// When all of them let it be placed.
ChangeWindow window_of(const std::vector<Approval>& approvals, const std::string& request_hash);

/// So many of its first digits name a request: 64 bits, which nobody makes another request for.
constexpr std::size_t kShortHash = 16;
/// Whether somebody who named a request by this, whole or by at least kShortHash digits, meant that one.
bool names_request(std::string_view given, std::string_view request_hash);
ChangeWindow intersection(const ChangeWindow& left, const ChangeWindow& right);

/// Whether the organization lets this person decide: trouble "not_an_approver" or "authority_expired".
Result<void> has_authority(const std::string& person, const Context& context);

}  // namespace certmgr::enrollment
