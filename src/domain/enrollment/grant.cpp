// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/grant.h"

#include <algorithm>

namespace certmgr::enrollment {
namespace {

Trouble refused(const Enrollment& enrollment, std::string code, std::string why, std::string hint) {
  return {.kind = TroubleKind::usage,
          .code = std::move(code),
          .what = "cannot grant renewals of " + enrollment.request.spec.label,
          .why = std::move(why),
          .hint = std::move(hint)};
}

/// Past its approval, and not come to nothing.
bool was_approved(const State& state) {
  return std::holds_alternative<Approved>(state) || std::holds_alternative<BlockedOrg>(state) ||
         std::holds_alternative<BlockedCa>(state) || std::holds_alternative<Ordered>(state) ||
         std::holds_alternative<ActionRequired>(state) || std::holds_alternative<Issued>(state);
}

/// A grant is an approval in advance, and so is held to the same rules.
Result<void> may_grant(const Enrollment& enrollment, const Actor& by, const Context& context) {
  if (auto permitted = permit(by, Deed::grant); !permitted) return permitted;
  if (!was_approved(enrollment.state))
    return fail(refused(enrollment, "approval_required",
                        "enrollment " + std::to_string(enrollment.id) + " is " +
                            std::string(name_of(enrollment.state)) + ": nobody has approved it",
                        "approve one enrollment first; the grant is for those like it"));
  const auto& authors = enrollment.authors;
  if (context.rules.dual_control && std::find(authors.begin(), authors.end(), by.person) != authors.end())
    return fail(refused(enrollment, "self_approval_forbidden",
                        by.person + " has requested it, and two persons must be involved",
                        "ask another approver"));
  return has_authority(by.person, context);
}

Trouble not_covered(const Enrollment& enrollment, std::string code, std::string why) {
  return {.kind = TroubleKind::waiting,
          .code = std::move(code),
          .what = "the grant does not cover enrollment " + std::to_string(enrollment.id),
          .why = std::move(why),
          .hint = "ask an approver: certmgr enrollment approve " + std::to_string(enrollment.id)};
}

}  // namespace

Result<Grant> grant_renewals(const Enrollment& enrollment, const Actor& by, Instant until,
                             const Context& context) {
  if (auto allowed = may_grant(enrollment, by, context); !allowed) return fail(std::move(allowed.error()));
  if (until <= context.now)
    return fail(refused(enrollment, "bad_grant",
                        "it would end at " + to_rfc3339(until) + ", which has passed",
                        "give an end that lies ahead"));
  if (until > context.now + kLongestGrant)
    return fail(refused(enrollment, "bad_grant",
                        "it would end at " + to_rfc3339(until) + ", more than " +
                            std::to_string(kLongestGrant.count()) + " days ahead",
                        "give an earlier end, and grant anew in time"));
  return Grant{.scope_hash = context.sha256(renewal_scope(enrollment.request)),
               .until = until,
               .words = {{by.person, context.now}}};
}

Result<Grant> join_grant(Grant grant, const Enrollment& enrollment, const Actor& by, const Context& context) {
  if (auto allowed = may_grant(enrollment, by, context); !allowed) return fail(std::move(allowed.error()));
  if (grant.scope_hash != context.sha256(renewal_scope(enrollment.request)))
    return fail(refused(enrollment, "scope_changed", "the grant was made for another request",
                        "grant anew: certmgr enrollment grant " + std::to_string(enrollment.id)));
  if (grant.revoked_at || context.now >= grant.until)
    return fail(refused(enrollment, "bad_grant", "the grant has ended",
                        "grant anew: certmgr enrollment grant " + std::to_string(enrollment.id)));
  const bool known = std::any_of(grant.words.begin(), grant.words.end(),
                                 [&](const Grant::Word& word) { return word.person == by.person; });
  if (!known) grant.words.push_back({by.person, context.now});
  return grant;
}

Result<GrantGiven> give_grant(const std::vector<Grant>& known, const Enrollment& enrollment, const Actor& by,
                              Instant until, const Context& context) {
  auto fresh = grant_renewals(enrollment, by, until, context);
  if (!fresh) return fail(std::move(fresh.error()));
  const Grant* begun = nullptr;
  for (const auto& grant : known) {
    if (grant.revoked_at || grant.scope_hash != fresh->scope_hash || grant.until <= context.now) continue;
    if (static_cast<int>(grant.words.size()) < context.rules.quorum)
      begun = &grant;
    else if (grant.until >= until)
      return GrantGiven{grant};
  }
  if (begun == nullptr) return GrantGiven{std::move(*fresh), true};
  auto joined = join_grant(*begun, enrollment, by, context);
  if (!joined) return fail(std::move(joined.error()));
  joined->until = std::min(begun->until, until);
  const bool changed = *joined != *begun;
  return GrantGiven{std::move(*joined), changed};
}

Result<Grant> revoke_grant(Grant grant, const Actor& by, Instant now) {
  if (auto permitted = permit(by, Deed::revoke_grant); !permitted) return fail(std::move(permitted.error()));
  if (!grant.revoked_at) {
    grant.revoked_by = by.person;
    grant.revoked_at = now;
  }
  return grant;
}

std::optional<Trouble> grant_lacks(const Grant& grant, const Enrollment& enrollment, const Context& context) {
  if (!enrollment.by_scheduler || !enrollment.request.renewal)
    return not_covered(enrollment, "approval_required", "grants are for renewals by the scheduler");
  if (enrollment.authors.size() != 1)
    return not_covered(enrollment, "scope_changed", "somebody has edited it");
  if (grant.scope_hash != context.sha256(renewal_scope(enrollment.request)))
    return not_covered(enrollment, "scope_changed",
                       "names, organization, level, CA or key are not those it was made for");
  if (grant.revoked_at)
    return not_covered(enrollment, "approval_expired", grant.revoked_by + " has revoked it");
  if (context.now >= grant.until)
    return not_covered(enrollment, "approval_expired", "it ended at " + to_rfc3339(grant.until));
  const int words = static_cast<int>(grant.words.size());
  if (words < context.rules.quorum)
    return not_covered(
        enrollment, "approval_required",
        std::to_string(words) + " of " + std::to_string(context.rules.quorum) + " approvers have granted it");
  return std::nullopt;
}

}  // namespace certmgr::enrollment
