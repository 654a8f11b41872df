// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "certmgr/domain/enrollment/enrollment.h"
#include "certmgr/domain/enrollment/gates.h"
#include "certmgr/domain/enrollment/role.h"

namespace certmgr::enrollment {

/// A new one, in Draft. Trouble "not_permitted"; the scheduler may open renewals only.
Result<Enrollment> open_enrollment(Request request, const Actor& by, Instant now);

// What people do.

struct Submit {
  Actor by;
  std::optional<Grant> grant{};  // that covers it
};
struct Edit {  // voids all approvals, if what is approved changes
  Actor by;
  Request request;
};
struct Approve {
  Actor by;
  std::string request_hash;  // of what this person has seen
  std::string comment{};
  ChangeWindow window{};
};
struct Deny {  // also after the quorum, until something was sent
  Actor by;
  std::string reason;
};
struct Withdraw {
  Actor by;
  std::string reason{};
};
struct Resume {  // what hindered is removed, or what the CA asked for was done
  Actor by;
};
struct Accept {  // the quarantined certificate, as it is
  Actor by;
  std::string reason;
};
struct Reject {
  Actor by;
  std::string reason;
  bool revoke = false;
};
struct Await {  // the CA has said that the right one follows
  Actor by;
  std::string reason;
};

// What was learned.

struct GatesSeen {
  GateFacts facts;
};
struct CaAsks {
  Trouble trouble;
  std::string url{};
};
struct CertificateSeen {
  std::int64_t version_id = 0;
  IdentityVerdict verdict;
  bool more_follows = false;  // this CA is known to send a placeholder first
};
struct OrderEnded {  // without a certificate
  Trouble trouble;
};

using Event = std::variant<Submit, Edit, Approve, Deny, Withdraw, Resume, Accept, Reject, Await, GatesSeen,
                           CaAsks, CertificateSeen, OrderEnded>;
/// "submit", "edit", ...
std::string_view name_of(const Event& event);
/// nullptr: nobody did it, it was learned.
const Actor* actor_of(const Event& event);

/// The enrollment after the event. Trouble (usage) leaves it as it was: "wrong_state" where the state does
/// not know the event, "approval_denied" and "approval_expired" for approvals that come too late,
/// "not_permitted", "self_approval_forbidden", "not_an_approver", "authority_expired", "scope_changed" where
/// something else was approved than is requested now, "approval_exists", "bad_window", "reason_missing",
/// "not_acceptable", "no_placeholder". A time limit that has passed holds whether or not anybody looked.
/// Pure.
Result<Enrollment> apply(const Enrollment& enrollment, const Event& event, const Context& context);

/// The CA has been silent for so long.
struct SlowCa {
  Duration since;
  bool operator==(const SlowCa&) const = default;
};

struct Look {
  Enrollment enrollment;
  bool changed = false;              // to be saved
  std::optional<SlowCa> reminder{};  // told once: after 24 h, 72 h, then daily
  std::optional<Instant> wake_at{};  // when to look again; nothing: time alone changes nothing
};
/// What time does to an enrollment. Pure.
Look look_at(Enrollment enrollment, const Context& context);

/// Who must act.
enum class Party { requester, approver, admin, ca, clock, nobody };
std::string_view to_string(Party party);

struct Turn {
  Party party = Party::nobody;
  std::string what;                // what is waited for, in a few words
  std::string command{};           // what that person runs; empty: nothing
  Instant since{};                 // when it became so
  std::optional<Instant> until{};  // when it is too late, or when the clock goes on
};
/// Pure.
Turn whose_turn(const Enrollment& enrollment, const Context& context);

}  // namespace certmgr::enrollment
