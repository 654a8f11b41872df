// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/approval.h"

#include <algorithm>

namespace certmgr::enrollment {
namespace {

template <class Choose>
std::optional<Instant> tighter(std::optional<Instant> left, std::optional<Instant> right, Choose choose) {
  if (left && right) return choose(*left, *right);
  return left ? left : right;
}

}  // namespace

bool ChangeWindow::usable(Instant now) const {
  if (!closes) return true;
  return *closes > now && (!opens || *opens < *closes);
}

Rules default_rules(OrganizationLevel level) {
  Rules rules;
  rules.dual_control = level == OrganizationLevel::ev;
  return rules;
}

ChangeWindow intersection(const ChangeWindow& left, const ChangeWindow& right) {
  const auto later = [](Instant a, Instant b) { return std::max(a, b); };
  const auto earlier = [](Instant a, Instant b) { return std::min(a, b); };
  return {tighter(left.opens, right.opens, later), tighter(left.closes, right.closes, earlier)};
}

ChangeWindow window_of(const std::vector<Approval>& approvals, const std::string& request_hash) {
  ChangeWindow window;
  for (const auto& approval : approvals)
    if (approval.request_hash == request_hash) window = intersection(window, approval.window);
  return window;
}

bool names_request(std::string_view given, std::string_view request_hash) {
  return given == request_hash || (given.size() >= kShortHash && request_hash.starts_with(given));
}

Result<void> has_authority(const std::string& person, const Context& context) {
  if (!context.rules.approvers) return {};
  const auto& named = *context.rules.approvers;
  const auto found = std::find_if(named.begin(), named.end(),
                                  [&](const NamedApprover& approver) { return approver.person == person; });
  if (found == named.end())
    return fail({.kind = TroubleKind::usage,
                 .code = "not_an_approver",
                 .what = "the decision of " + person + " does not count",
                 .why = "the organization has not named " + person + " as an approver for this level",
                 .hint = "ask somebody whom it has named"});
  if (found->until && context.now >= Instant(*found->until))
    return fail({.kind = TroubleKind::usage,
                 .code = "authority_expired",
                 .what = "the decision of " + person + " does not count",
                 .why = "the authority of " + person + " ended on " + to_text(*found->until),
                 .hint = "ask somebody else, or have the authority renewed"});
  return {};
}

}  // namespace certmgr::enrollment
