// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/enrollment/enrollment.h"
#include "certmgr/domain/enrollment/role.h"

namespace certmgr::enrollment {

/// No longer than what CAs have collected about an organization is good for.
constexpr std::chrono::days kLongestGrant{398};

/// The grant that begins with this person's word; it is in effect when as many have joined as the quorum
/// wants. The enrollment is one that was approved. Trouble: "not_permitted", "self_approval_forbidden",
/// "not_an_approver", "authority_expired", "approval_required" for an enrollment nobody has approved,
/// "bad_grant" for an end that has passed or lies too far ahead. Pure.
Result<Grant> grant_renewals(const Enrollment& enrollment, const Actor& by, Instant until,
                             const Context& context);

/// The same with one more person. Trouble as above, and "scope_changed" where the enrollment is not what the
/// grant is for.
Result<Grant> join_grant(Grant grant, const Enrollment& enrollment, const Actor& by, const Context& context);

/// A grant as a person's word leaves it, and whether it says anything new.
struct GrantGiven {
  Grant grant;
  bool changed = false;
};

/// What her word comes to beside the grants there are for this certificate: one that lets the same go ahead
/// for as long stays as it is; one that waits for more persons is joined, and lasts as long as the shortest
/// of their words, for nobody has agreed to more than she said; else one begins. Trouble as of
/// grant_renewals(). Pure.
Result<GrantGiven> give_grant(const std::vector<Grant>& known, const Enrollment& enrollment, const Actor& by,
                              Instant until, const Context& context);

/// Ended by a person. Trouble "not_permitted".
Result<Grant> revoke_grant(Grant grant, const Actor& by, Instant now);

/// Why the grant does not let this enrollment go ahead: "approval_required" where it is no renewal of the
/// scheduler's or too few have joined, "scope_changed", "approval_expired" where it was revoked or has ended.
/// nullopt: it does. Pure.
std::optional<Trouble> grant_lacks(const Grant& grant, const Enrollment& enrollment, const Context& context);

}  // namespace certmgr::enrollment
