// SPDX-License-Identifier: MIT
// What an order published is taken back, because it is given up or is to prove control in another way.
#include "certmgr/domain/order_machine.h"
#include "certmgr/services/order_runner.h"

namespace certmgr {

void OrderRunner::withdraw(Order order) {
  withdraw_proofs(order, nullptr);
  order.published.clear();
  order.state = Withdrawn{};
  order.entered_at = order.wake_at = clock_.now();
  const EventDraft event{"order.withdrawn", order.spec.label, {{"why", "the certificate changed"}}};
  static_cast<void>(orders_.save({order, event, std::nullopt, std::nullopt, {}}));
}

Order OrderRunner::change_challenge(Order order, const CertificateSpec& wanted) {
  withdraw_proofs(order, nullptr);
  order.published.clear();
  order.spec.challenge = wanted.challenge;
  order.spec.other_challenges = wanted.other_challenges;
  return orders_.save({order,
                       {"order.challenge_changed", order.spec.label, {{"order", std::to_string(order.id)}}},
                       std::nullopt,
                       std::nullopt,
                       {}});
}

}  // namespace certmgr
