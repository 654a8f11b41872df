// SPDX-License-Identifier: MIT
// What an order published is taken back, because it is given up or is to prove control in another way.
#include <algorithm>

#include "certmgr/domain/order_machine.h"
#include "certmgr/services/order_runner.h"
#include "services/order_record.h"
#include "services/withdrawal_round.h"

namespace certmgr {
namespace {

std::vector<Leftover> all_of(const Order& order) {
  auto proofs = to_withdraw(order);
  proofs.insert(proofs.begin(), order.leftovers.begin(), order.leftovers.end());
  return proofs;
}

bool go_together(const Leftover& one, const Leftover& other) {
  return one.proof.type == other.proof.type && one.way.provider == other.way.provider &&
         one.outcome == other.outcome;
}

/// What is withdrawn by one call, in the order of the first of each.
template <class HandOverOf>
std::vector<std::vector<Leftover>> groups_of(const std::vector<Leftover>& proofs,
                                             const HandOverOf& hand_over) {
  std::vector<std::vector<Leftover>> groups;
  for (const auto& proof : proofs) {
    const bool several = hand_over(proof.way) == HandOver::together;
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& known) {
      return several && go_together(known.front(), proof);
    });
    if (group == groups.end())
      groups.push_back({proof});
    else
      group->push_back(proof);
  }
  return groups;
}

Order given_up_now(Order order, Instant now) {
  order.state = Withdrawn{};
  order.entered_at = order.wake_at = now;
  return order;
}

}  // namespace

std::vector<Leftover> OrderRunner::withdraw_proofs(const std::vector<Leftover>& proofs, Haste haste) {
  WithdrawalRound round(clock_, haste == Haste::somebody_waits);
  for (const auto& group : groups_of(proofs, [&](const auto& way) { return solver_.hand_over(way); })) {
    const auto& first = group.front();
    std::vector<Proof> all;
    all.reserve(group.size());
    for (const auto& each : group) all.push_back(each.proof);
    round.take(group, [&] {
      if (solver_.hand_over(first.way) == HandOver::together)
        return solver_.withdraw_together(all, first.way, first.outcome);
      return solver_.withdraw(first.proof, first.way, first.outcome);
    });
  }
  return round.left();
}

void OrderRunner::withdraw(Order order, Progress& progress) {
  const Order before = order;
  const auto left = withdraw_proofs(all_of(order));
  order = apply(given_up_now(std::move(order), clock_.now()), ProofsWithdrawn{left, clock_.jitter()},
                clock_.now());
  tell_of_proofs(before, order, progress);
  EventDraft event{"order.withdrawn", order.spec.label, {{"why", "the certificate changed"}}};
  if (!left.empty()) event.data["proofs_left"] = places_of(left);
  static_cast<void>(orders_.save({order, event, std::nullopt, std::nullopt, {}}));
}

std::vector<Leftover> OrderRunner::abandon(Order order) {
  auto left = withdraw_proofs(all_of(order), Haste::none);
  order.published.clear();
  order.leftovers.clear();
  EventDraft event{left.empty() ? "order.proofs_withdrawn" : "order.proofs_abandoned",
                   order.spec.label,
                   {{"why", "the certificate is forgotten"}}};
  if (!is_final(order.state)) {
    order = given_up_now(std::move(order), clock_.now());
    event.kind = "order.withdrawn";
  }
  event.data["order"] = std::to_string(order.id);
  if (!left.empty()) event.data["proofs_left"] = places_of(left);
  static_cast<void>(orders_.save({order, event, std::nullopt, std::nullopt, {}}));
  return left;
}

Order OrderRunner::change_challenge(Order order, const CertificateSpec& wanted, Progress& progress) {
  const Order before = order;
  auto left = withdraw_proofs(to_withdraw(order));
  order.published.clear();
  order.leftovers.insert(order.leftovers.end(), left.begin(), left.end());
  order.spec.challenge = wanted.challenge;
  order.spec.other_challenges = wanted.other_challenges;
  tell_of_proofs(before, order, progress);
  return orders_.save({order,
                       {"order.challenge_changed", order.spec.label, {{"order", std::to_string(order.id)}}},
                       std::nullopt,
                       std::nullopt,
                       {}});
}

}  // namespace certmgr
