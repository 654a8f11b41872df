// SPDX-License-Identifier: MIT
// What an order published is taken back, because it is given up or is to prove control in another way.
#include <map>
#include <tuple>

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

Order given_up_now(Order order, Instant now) {
  order.state = Withdrawn{};
  order.entered_at = order.wake_at = now;
  return order;
}

}  // namespace

std::vector<Leftover> OrderRunner::withdraw_proofs(const std::vector<Leftover>& proofs) {
  WithdrawalRound round(clock_);
  std::map<std::tuple<ChallengeType, std::string, ChallengeOutcome>, std::vector<Leftover>> together;
  for (const auto& proof : proofs) {
    if (solver_.hand_over(proof.way) == HandOver::together)
      together[{proof.proof.type, proof.way.provider, proof.outcome}].push_back(proof);
    else
      round.take({proof}, [&] { return solver_.withdraw(proof.proof, proof.way, proof.outcome); });
  }
  for (const auto& entry : together) {
    const auto& ended = entry.second;
    std::vector<Proof> all;
    for (const auto& proof : ended) all.push_back(proof.proof);
    round.take(ended,
               [&] { return solver_.withdraw_together(all, ended.front().way, ended.front().outcome); });
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
  auto left = withdraw_proofs(all_of(order));
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
