// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "certmgr/domain/enrollment/approval.h"
#include "certmgr/domain/enrollment/request.h"
#include "certmgr/domain/identity_check.h"
#include "certmgr/domain/instant.h"
#include "certmgr/domain/order.h"
#include "certmgr/domain/retry.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::enrollment {

/// How long an order is followed whose CA vets people: weeks, and seldom looked at. A CA that knows the
/// organization issues at once, so the first looks come soon; after half a minute they are half a minute
/// apart.
inline constexpr Patience kVettingPatience{std::chrono::milliseconds(100), std::chrono::hours(3),
                                           std::chrono::days(30)};

/// Leave for the scheduler's renewals of one certificate to go ahead without being asked about.
struct Grant {
  struct Word {
    std::string person;
    Instant at;
    bool operator==(const Word&) const = default;
  };
  std::int64_t id = 0;
  std::string scope_hash;   // of renewal_scope()
  Instant until;            // too late from here on
  std::vector<Word> words;  // who grants it
  std::string revoked_by{};
  std::optional<Instant> revoked_at{};
  bool operator==(const Grant&) const = default;
};

/// Why nobody needs to be asked any more.
enum class Warrant { not_wanted, approvals, grant };
std::string_view to_string(Warrant warrant);

// Where an enrollment can be. Each struct holds only what is true in that state.

/// Being written. -> PendingApproval, Approved, Withdrawn
struct Draft {};
/// Approvers decide. -> Approved, Denied, Withdrawn, Expired
struct PendingApproval {};
/// Nothing was sent yet: waits for its change window and its gates. -> BlockedOrg, BlockedCa, Ordered;
/// PendingApproval where it was edited, or the warrant does not hold any more; Denied, Withdrawn, Expired
struct Approved {
  Warrant warrant = Warrant::approvals;
};
/// The CA has not validated the organization. -> Approved, PendingApproval, Denied, Withdrawn, Failed
struct BlockedOrg {
  Trouble trouble;
  Warrant warrant = Warrant::approvals;
};
/// There is no account at the CA for this level. -> Approved, PendingApproval, Denied, Withdrawn
struct BlockedCa {
  Trouble trouble;
  Warrant warrant = Warrant::approvals;
};
/// The order goes its way; its state is the enrollment's. -> ActionRequired, Quarantined, Issued, Withdrawn,
/// Failed
struct Ordered {
  std::int64_t order_id = 0;        // 0: to be filled in by the store, which opens it in the same commit
  Instant placed_at;                // when the gates opened
  std::int64_t placeholder_id = 0;  // the version the CA has sent for the time being; 0: none
  bool operator==(const Ordered&) const = default;
};
/// The CA wants something that ACME cannot carry (userActionRequired, externalAccountRequired). -> Ordered,
/// Quarantined, Issued, Withdrawn, Failed
struct ActionRequired {
  Ordered order;
  Trouble trouble;
  std::string url;  // where it can be done (the problem's `instance`, RFC 8555 section 6.7); may be empty
};
/// What came back is not what was asked for: kept, and not deployed. -> Issued, Ordered, Failed
struct Quarantined {
  Ordered order;
  std::int64_t version_id = 0;
  IdentityVerdict verdict;
};
struct Issued {
  std::int64_t version_id = 0;
  std::optional<CertificateLevel> level;  // as found
  std::string accepted_by{};              // who took it though it is not what was asked for
  std::string reason{};                   // and why
};
struct Denied {
  std::string by;
  std::string reason;
};
struct Withdrawn {
  std::string by;
  std::string reason;
};
/// Not approved in time, or its change window passed.
struct Expired {
  Trouble trouble;
};
struct Failed {
  Trouble trouble;
  std::int64_t revoke_version = 0;  // what a person wants revoked (superseded); 0: nothing
};

using State = std::variant<Draft, PendingApproval, Approved, BlockedOrg, BlockedCa, Ordered, ActionRequired,
                           Quarantined, Issued, Denied, Withdrawn, Expired, Failed>;

/// "draft", "pending_approval", ..., "ordering" for Ordered
std::string_view name_of(const State& state);
/// Nothing will ever happen to it again; who still wants the certificate opens another one.
bool is_final(const State& state);
/// Nothing was sent to the CA.
bool is_unsent(const State& state);

/// The order below, of a state that has one; else Ordered{}.
Ordered order_of(const State& state);

/// The word users see: that of the order below, while it goes its way. `order` may be null.
std::string_view shown_state(const State& state, const OrderState* order);

/// A request for a certificate that vouches for an organization, on its way through people and the CA.
struct Enrollment {
  std::int64_t id = 0;
  std::int64_t certificate_id = 0;
  Request request;
  std::vector<std::string> authors;  // who opened it, then who edited it
  bool by_scheduler = false;         // opened by it
  State state = Draft{};
  std::vector<Approval> approvals;  // all that were ever given, oldest first
  std::int64_t grant_id = 0;        // the grant it goes ahead with; 0: none
  std::int64_t replaces = 0;        // the enrollment that came to nothing before; 0: none
  Instant created_at;
  Instant entered_at;  // when `state` was entered
  int reminded = 0;    // how often somebody was told that the CA takes long
  std::int64_t revision = 0;
};

}  // namespace certmgr::enrollment
