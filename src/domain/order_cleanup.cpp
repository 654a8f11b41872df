// SPDX-License-Identifier: MIT
// Proofs that nobody needs any more, and that could not be withdrawn.
#include <algorithm>

#include "domain/order_moves.h"

namespace certmgr {
namespace {

constexpr Duration kShortestPause = std::chrono::minutes(1);
constexpr Duration kLongestPause = std::chrono::hours(6);
/// Since the order has ended. Whoever has not repaired the way by then removes by hand what is left.
constexpr Duration kCleanupPatience = std::chrono::hours(7 * 24);
/// Nor before so many tries, where nobody ran for that week.
constexpr int kFewestTries = 10;
/// What another order proves, it has mostly proven by then.
constexpr Duration kPutOff = std::chrono::hours(1);
/// So many tries would have come to the shortest pause.
constexpr int kTriesBefore = 5;

}  // namespace

Order proofs_withdrawn(Order order, const ProofsWithdrawn& outcome, Instant now) {
  order.published.clear();
  order.leftovers = outcome.leftovers;
  // The certificate does not wait for it: until the order has ended, nothing is tried again.
  if (!is_final(order.state)) return order;
  if (order.leftovers.empty()) {
    order.cleanups = 0;
    return order;
  }
  ++order.cleanups;
  if (now - order.entered_at >= kCleanupPatience && order.cleanups >= kFewestTries)
    order.leftovers.clear();
  else
    order.wake_at = now + std::max(kShortestPause,
                                   retry_delay(order.cleanups + kTriesBefore, outcome.jitter, kLongestPause));
  return order;
}

Instant first_look_at_the_end(const Order& order, Instant now) {
  return only_cleanup_left(order) ? now + kShortestPause : now;
}

Order cleanup_put_off(Order order, Instant now) {
  order.wake_at = now + kPutOff;
  return order;
}

}  // namespace certmgr
