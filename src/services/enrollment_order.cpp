// SPDX-License-Identifier: MIT
#include "services/enrollment_order.h"

#include <set>

namespace certmgr {

Order ordered_for(Order draft, const enrollment::Enrollment& enrollment, bool public_rules) {
  const auto& request = enrollment.request;
  draft.spec = enrollment::ordered_spec(request);
  draft.enrollment_id = enrollment.id;
  draft.identity = IdentityExpectation{certificate_level(request.level), request.subject, public_rules};
  draft.reason = request.renewal ? "renew" : "issue";
  draft.patience = enrollment::kVettingPatience;
  return draft;
}

Order given_up(Order order, Instant now) {
  order.state = Withdrawn{};
  order.entered_at = order.wake_at = now;
  return order;
}

Order accepted(Order order, std::int64_t version_id, Instant now) {
  order.state = Issued{version_id};
  order.entered_at = order.wake_at = now;
  order.last_trouble.reset();
  return order;
}

Order looked_at_again(Order order, Instant now) {
  order.last_trouble.reset();
  order.attempts = 0;
  order.wake_at = now;
  return order;
}

bool wants_a_person(const Trouble& trouble) {
  static const std::set<std::string> kCodes{"acme_userActionRequired", "acme_externalAccountRequired",
                                            "eab_unusable"};
  return kCodes.contains(trouble.code);
}

}  // namespace certmgr
