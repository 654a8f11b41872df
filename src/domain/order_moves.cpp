// SPDX-License-Identifier: MIT
#include "domain/order_moves.h"

#include <algorithm>

namespace certmgr {
namespace {

/// Those at the CA's desk know it by this.
std::string order_detail(const Order& order) {
  const auto url = order_url_of(order.state);
  return url.empty() ? std::string() : "the order at the CA is " + url;
}

Order give_up(Order order, Instant now, std::string kept_key) {
  Trouble trouble{.kind = TroubleKind::permanent,
                  .code = "ca_timeout",
                  .what = "gave up waiting for the CA " + order.spec.ca,
                  .why = "the order for " + join(order.spec.identifiers) + " stayed '" +
                         std::string(name_of(order.state)) + "' for " + humanize(order.patience.give_up),
                  .hint = "ask the CA what became of it, or run the command again to order anew",
                  .detail = order_detail(order)};
  return fail_order(std::move(order), std::move(trouble), now, std::move(kept_key));
}

}  // namespace

Order enter(Order order, OrderState state, Instant now) {
  order.state = std::move(state);
  order.entered_at = now;
  order.wake_at = first_look_at_the_end(order, now);
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

Order give_up_on(Order order, Trouble trouble, Instant now, std::string kept_key) {
  trouble.why += "; after " + humanize(order.patience.give_up) + " in state '" +
                 std::string(name_of(order.state)) + "' the order for " + join(order.spec.identifiers) +
                 " is given up";
  trouble.hint = "the CA may have issued it: ask it, or run the command again to order anew";
  const auto detail = order_detail(order);
  if (!detail.empty()) trouble.detail += (trouble.detail.empty() ? "" : "\n") + detail;
  return fail_order(std::move(order), std::move(trouble), now, std::move(kept_key));
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
