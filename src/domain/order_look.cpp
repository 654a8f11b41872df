// SPDX-License-Identifier: MIT
#include "domain/order_look.h"

#include <algorithm>

#include "domain/challenge_choice.h"
#include "domain/order_moves.h"

namespace certmgr {
namespace {

/// With the usual patience after 3, 16, 56, 96 ... seconds.
constexpr int kFirstLook = 5;
constexpr int kLookEvery = 8;
/// A name whose proof was looked at so often in vain will not be proven by one more look.
constexpr int kFailedLooksMost = 3;

const Proof* proof_for(const Order& order, const CaAuthorization& seen) {
  // The newest: one that was given up before may be recorded still.
  const auto found = std::find_if(order.published.rbegin(), order.published.rend(),
                                  [&](const Proof& p) { return p.authorization_url == seen.url; });
  return found == order.published.rend() ? nullptr : &*found;
}

const CaChallenge* answered_in(const Order& order, const CaAuthorization& seen) {
  const Proof* proof = proof_for(order, seen);
  const auto found = std::find_if(seen.challenges.begin(), seen.challenges.end(), [&](const CaChallenge& c) {
    return proof != nullptr && c.url == proof->challenge_url;
  });
  return found == seen.challenges.end() ? nullptr : &*found;
}

}  // namespace

bool is_time_to_look(int polls) { return polls == kFirstLook || (polls > 0 && polls % kLookEvery == 0); }

Order begin_look(Order order, std::vector<std::string> authorizations, Instant now) {
  auto& state = std::get<Validating>(order.state);
  if (authorizations.empty()) return order;
  state.authorizations_left = std::move(authorizations);
  state.look.under_way = true;
  state.look.failed_now = false;
  state.look.resume_at = order.wake_at;
  order.wake_at = now;
  return order;
}

bool has_proof_for(const Order& order, const CaAuthorization& seen) {
  return proof_for(order, seen) != nullptr;
}

Order follow_look(Order order, const CaAuthorization& seen, Instant now) {
  auto& state = std::get<Validating>(order.state);
  std::erase(state.authorizations_left, seen.url);
  const CaChallenge* challenge = answered_in(order, seen);
  if (challenge == nullptr || !challenge->error) return look_on(std::move(order));
  Trouble trouble = authorization_failed(seen);
  // One that shows `processing` looks again by itself (RFC 8555 section 8.2), or never does and says so.
  const bool waits_for_us = challenge->status == CaStatus::pending || order.polls > kFirstLook;
  if (waits_for_us) {
    if (!state.look.failed_now) ++state.look.failed;
    state.look.failed_now = true;
    if (state.look.failed >= kFailedLooksMost) {
      order.refused = refused_ways(seen);
      order.unproven = seen.identifier;
      return fail_order(std::move(order), std::move(trouble), now);
    }
    state.look.answer_again = challenge->url;
  }
  trouble.kind = TroubleKind::waiting;
  order.last_trouble = std::move(trouble);
  return state.look.answer_again.empty() ? look_on(std::move(order)) : order;
}

Order answered_again(Order order) {
  std::get<Validating>(order.state).look.answer_again.clear();
  return look_on(std::move(order));
}

Order look_on(Order order) {
  auto& state = std::get<Validating>(order.state);
  if (!state.look.under_way || !state.authorizations_left.empty()) return order;
  state.look.under_way = false;
  order.wake_at = state.look.resume_at;
  return order;
}

}  // namespace certmgr
