// SPDX-License-Identifier: MIT
// How an order's proofs get to where the CA looks for them, and away from there.
#include <algorithm>

#include "certmgr/services/order_runner.h"
#include "services/order_record.h"

namespace certmgr {
namespace {

/// How long a proof may wait for others of its order.
constexpr Duration kHandOverPatience = std::chrono::hours(1);
constexpr Duration kLookAgain = std::chrono::seconds(2);
/// One that could not be withdrawn is not tried at each look at the one that comes after it.
constexpr Duration kRoomAgain = std::chrono::minutes(2);

Trouble challenge_changed(const Proof& proof) {
  return {.kind = TroubleKind::transient,
          .code = "challenge_changed",
          .what = "cannot publish the proof for " + proof.identifier.value,
          .why = std::string(to_string(proof.type)) + " is no longer configured for this certificate",
          .hint = "the order is looked at anew"};
}

/// A CA may refuse an answer that it has (RFC 8555 section 7.5.1): what became of it is in the authorization.
bool has_our_answer(Ca& ca, const Proof& proof) {
  const auto seen = ca.authorization(proof.authorization_url);
  return seen && std::any_of(seen->challenges.begin(), seen->challenges.end(), [&](const CaChallenge& c) {
           return c.url == proof.challenge_url && c.status != CaStatus::pending;
         });
}

bool comes_before_others(const Validating& state, const Proof& proof) {
  return std::any_of(state.authorizations_left.begin(), state.authorizations_left.end(),
                     [&](const std::string& url) { return url != proof.authorization_url; });
}

/// In the order in which the CA has named them.
std::vector<Proof> handed_over_with(const Validating& state, const Proof& proof) {
  std::vector<Proof> all;
  for (const auto& other : state.unseen)
    if (other.type == proof.type && other.challenge_url != proof.challenge_url) all.push_back(other);
  const bool waited = std::find(state.unseen.begin(), state.unseen.end(), proof) != state.unseen.end();
  all.insert(waited ? all.begin() : all.end(), proof);
  return all;
}

std::vector<const Proof*> earlier_at_the_place(const Order& order, const Proof& proof) {
  std::vector<const Proof*> earlier;
  for (const auto& known : order.published) {
    if (known.challenge_url == proof.challenge_url) break;
    if (known.type == proof.type && known.target == proof.target) earlier.push_back(&known);
  }
  return earlier;
}

}  // namespace

Result<OrderOutcome> OrderRunner::locate(const Order& order, const Proof& proof) {
  const auto* way = way_of(order.spec, proof.type);
  if (way == nullptr) return fail(challenge_changed(proof));
  auto target = solver_.locate(proof, *way);
  if (!target) return ProofUnpublished{std::move(target.error()), clock_.jitter()};
  return ProofLocated{std::move(*target)};
}

/// To make room for another proof, which may wait for it in vain where this fails.
void OrderRunner::withdraw_earlier(const Order& order, const Proof& proof, const ChallengeSettings& way,
                                   Progress& progress) {
  {
    const std::scoped_lock lock(mutex_);
    const auto failed = no_room_.find(order.id);
    if (failed != no_room_.end()) {
      const auto last = failed->second.find(proof.challenge_url);
      if (last != failed->second.end() && clock_.now() - last->second < kRoomAgain) return;
    }
  }
  const auto withdrawn = solver_.withdraw(proof, way, ChallengeOutcome::accepted);
  if (!withdrawn) progress.warn(order.spec.label, why_left(withdrawn.error()));
  const std::scoped_lock lock(mutex_);
  if (withdrawn)
    no_room_[order.id].erase(proof.challenge_url);
  else
    no_room_[order.id][proof.challenge_url] = clock_.now();
}

Result<std::optional<OrderOutcome>> OrderRunner::hand_over(Ca& ca, const Order& order, const Proof& proof,
                                                           const ChallengeSettings& way, Progress& progress) {
  const auto* state = std::get_if<Validating>(&order.state);
  const auto manner = solver_.hand_over(way);
  if (state == nullptr || manner == HandOver::each) return std::nullopt;
  if (manner == HandOver::together) {
    if (comes_before_others(*state, proof))
      return ProofUnseen{Duration::zero(), "it is published with the others of the order", kHandOverPatience};
    if (auto placed = solver_.place(handed_over_with(*state, proof), way); !placed)
      return ProofUnpublished{std::move(placed.error()), clock_.jitter()};
    return std::nullopt;
  }
  for (const auto* earlier : earlier_at_the_place(order, proof)) {
    const auto seen = ca.authorization(earlier->authorization_url);
    if (!seen) return fail(seen.error());
    if (seen->status == CaStatus::valid) {
      withdraw_earlier(order, *earlier, way, progress);
      continue;
    }
    if (seen->status == CaStatus::pending || seen->status == CaStatus::processing)
      return ProofUnseen{kLookAgain, "the CA has not seen yet what stands there for another name",
                         kHandOverPatience};
    // Refused, and with it the order: the next one need not be put there.
    return ca.order(state->order_url).map([](auto reply) -> std::optional<OrderOutcome> {
      return OrderSeen{std::move(reply)};
    });
  }
  return std::nullopt;
}

Result<OrderOutcome> OrderRunner::publish(Ca& ca, const Order& order, const Proof& proof,
                                          Progress& progress) {
  const auto* way = way_of(order.spec, proof.type);
  if (way == nullptr) return fail(challenge_changed(proof));
  auto elsewhere = hand_over(ca, order, proof, *way, progress);
  if (!elsewhere) return fail(std::move(elsewhere.error()));
  if (*elsewhere) return std::move(**elsewhere);
  auto published = solver_.publish(proof, *way);
  if (!published) return ProofUnpublished{std::move(published.error()), clock_.jitter()};
  if (!published->warning.empty()) progress.warn(order.spec.label, published->warning);
  if (!published->missing.empty())
    return ProofUnseen{std::chrono::ceil<Duration>(published->again), std::move(published->missing),
                       std::chrono::ceil<Duration>(published->patience)};
  if (auto answered = ca.answer(proof.challenge_url); !answered) {
    const Trouble& told = answered.error();
    if (told.kind != TroubleKind::permanent || !has_our_answer(ca, proof)) return fail(told);
    // It looks at once, and may say here alone what it found. `malformed`: it has our answer already.
    if (told.code != "acme_malformed") progress.warn(order.spec.label, told.message());
  }
  return ProofAnswered{};
}

/// A hook that keeps one value at a name may remove what another order of the certificate has put there.
bool OrderRunner::another_proves(const Order& order) {
  for (const auto& other : orders_.unsettled_orders(order.certificate_id))
    if (other.id != order.id && std::holds_alternative<Validating>(other.state)) return true;
  return false;
}

OrderOutcome OrderRunner::clean_up(const Order& order) {
  if (only_cleanup_left(order) && another_proves(order)) return CleanupPutOff{};
  auto proofs = to_withdraw(order);
  std::vector<Leftover> not_now;
  auto& earlier = is_final(order.state) ? proofs : not_now;
  earlier.insert(earlier.begin(), order.leftovers.begin(), order.leftovers.end());
  auto left = withdraw_proofs(proofs);
  left.insert(left.begin(), not_now.begin(), not_now.end());
  return ProofsWithdrawn{std::move(left), clock_.jitter()};
}

}  // namespace certmgr
