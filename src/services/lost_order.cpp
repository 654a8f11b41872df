// SPDX-License-Identifier: MIT
// What OrderRunner does where nobody knows whether newOrder has reached the CA.
#include "certmgr/domain/order_wish.h"
#include "certmgr/services/order_runner.h"

namespace certmgr {
namespace {

/// An account with thousands of orders is not searched to the end: the lost one is among the newest.
constexpr std::size_t kLostOrdersLooked = 50;

/// One that answers and gives no list that can be read keeps none (RFC 8555 section 7.1.2.1 leaves that
/// open). An order that is lost there is left to expire.
bool keeps_no_list(const Trouble& trouble) {
  const bool unreadable = trouble.code == "ca_protocol" || trouble.code == "ca_server_error" ||
                          trouble.code == "acme_serverInternal";
  return unreadable && !trouble.retry_at;
}

}  // namespace

Result<OrderOutcome> OrderRunner::find_lost_order(Ca& ca, const Order& order) {
  std::string profile;
  if (!order.spec.profile.name.empty()) {
    const auto meta = ca.meta();
    if (!meta) return fail(meta.error());
    auto sent = profile_to_send(order.spec, *meta);
    if (!sent) return fail(std::move(sent.error()));
    profile = std::move(*sent);
  }
  auto urls = ca.order_urls();
  if (!urls && keeps_no_list(urls.error())) return NoLostOrder{};
  if (!urls) return fail(std::move(urls.error()));
  if (urls->size() > kLostOrdersLooked)
    urls->erase(urls->begin(), urls->end() - static_cast<std::ptrdiff_t>(kLostOrdersLooked));
  for (auto url = urls->rbegin(); url != urls->rend(); ++url) {
    if (orders_.knows_order_url(*url)) continue;
    auto seen = ca.order(*url);
    if (!seen) {
      if (seen.error().kind == TroubleKind::transient) return fail(std::move(seen.error()));
      continue;
    }
    const auto status = seen->value.status;
    const bool open = status == CaStatus::pending || status == CaStatus::ready;
    const bool same = seen->value.identifiers == order.spec.identifiers &&
                      (profile.empty() || seen->value.profile == profile);
    if (open && same) return OrderSeen{std::move(*seen)};
  }
  return NoLostOrder{};
}

}  // namespace certmgr
