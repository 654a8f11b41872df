// SPDX-License-Identifier: MIT
#include "domain/order_moves.h"

#include <algorithm>

namespace certmgr {
namespace {

Order give_up(Order order, Instant now, std::string kept_key) {
  Trouble trouble{.kind = TroubleKind::permanent,
                  .code = "ca_timeout",
                  .what = "gave up waiting for the CA " + order.spec.ca,
                  .why = "the order for " + join(order.spec.identifiers) + " stayed '" +
                         std::string(name_of(order.state)) + "' for " + humanize(order.patience.give_up),
                  .hint = "run the command again to order anew"};
  return fail_order(std::move(order), std::move(trouble), now, std::move(kept_key));
}

}  // namespace

Order enter(Order order, OrderState state, Instant now) {
  order.state = std::move(state);
  order.entered_at = now;
  order.wake_at = now;
  order.polls = 0;
  return order;
}

Order progress(Order order, OrderState state, Instant now) {
  order.attempts = 0;
  order.last_trouble.reset();
  return enter(std::move(order), std::move(state), now);
}

Order fail_order(Order order, Trouble trouble, Instant now, std::string kept_key) {
  order.last_trouble = trouble;
  return enter(std::move(order), Failed{std::move(trouble), std::move(kept_key)}, now);
}

Order poll_again(Order order, const std::optional<Instant>& retry_after, Instant now, std::string kept_key) {
  if (now - order.entered_at >= order.patience.give_up)
    return give_up(std::move(order), now, std::move(kept_key));
  ++order.polls;
  const Instant own = now + poll_delay(order.patience, order.polls);
  order.wake_at = retry_after ? std::max(*retry_after, own) : own;
  return order;
}

Order order_without_replacement(Order order, Trouble trouble, Instant now) {
  order.replaces = 0;
  order.last_trouble = std::move(trouble);
  order.wake_at = now;
  return order;
}

}  // namespace certmgr
