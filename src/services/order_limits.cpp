// SPDX-License-Identifier: MIT
#include "certmgr/services/order_limits.h"

#include <algorithm>

#include "certmgr/domain/rate_settlement.h"

namespace certmgr {
namespace {

Trouble no_room(std::string what, const Shortage& shortage) {
  return {.kind = TroubleKind::transient,
          .code = "ca_rate_limit",
          .what = std::move(what),
          .why = "its limit of " + describe(shortage.bucket) + " is used up; there is room again at " +
                 to_rfc3339(shortage.room_at),
          .hint = "nothing needs to be done: the order goes on then; 'certmgr limits' shows what is used",
          .retry_at = shortage.room_at};
}

}  // namespace

Demand OrderLimits::demand(const RateLimits& limits, const Order& order) {
  PlannedOrder planned{order.spec.identifiers, {}, false};
  if (limits.rates.contains(LimitKind::certificates_per_domain)) {
    for (const auto& identifier : order.spec.identifiers)
      planned.domains.push_back(parts_.domains.domain_of(identifier));
  }
  if (limits.renewals_exempt) {
    const auto before = parts_.orders.last_issued(order.certificate_id);
    planned.renewal =
        before && before->spec.ca == order.spec.ca && before->spec.identifiers == order.spec.identifiers;
  }
  return demand_of(limits, planned);
}

std::optional<Trouble> OrderLimits::reserve(const Order& order) {
  const RateLimits limits = parts_.limits(order.spec.ca);
  if (limits.empty()) return std::nullopt;
  // A CA that asks for renewals at a time of its choosing counts them towards none of its limits.
  if (limits.renewals_exempt && order.replaces != 0) return std::nullopt;
  const auto shortage =
      parts_.ledger.reserve(order.id, parts_.place(order.spec.ca), demand(limits, order), parts_.clock.now());
  if (!shortage) return std::nullopt;
  return no_room("the CA " + order.spec.ca + " is not asked for " + join(order.spec.identifiers) + " yet",
                 *shortage);
}

std::optional<Trouble> OrderLimits::reserve_account(const std::string& ca) {
  const RateLimits limits = parts_.limits(ca);
  const auto rate = limits.rates.find(LimitKind::accounts);
  if (rate == limits.rates.end()) return std::nullopt;
  const auto shortage =
      parts_.ledger.take(parts_.place(ca), {LimitKind::accounts, "", rate->second}, parts_.clock.now());
  if (!shortage) return std::nullopt;
  return no_room("the CA " + ca + " is not asked for an account yet", *shortage);
}

void OrderLimits::learn(const Order& order, const Trouble& refusal) {
  if (!refusal.retry_at) return;
  const RateLimits limits = parts_.limits(order.spec.ca);
  if (limits.empty()) return;
  if (const auto bucket = bucket_named_in(refusal.why, demand(limits, order)))
    parts_.ledger.mark_empty(parts_.place(order.spec.ca), *bucket, *refusal.retry_at);
}

std::vector<OrderLimits::Line> OrderLimits::standing(const std::string& ca) {
  const RateLimits limits = parts_.limits(ca);
  if (limits.empty()) return {};
  const Instant now = parts_.clock.now();
  const auto entries = parts_.ledger.entries(parts_.place(ca), now);
  std::vector<Line> lines;
  for (const auto& [kind, rate] : limits.rates) {
    const auto before = lines.size();
    for (const auto& entry : entries)
      if (entry.kind == kind)
        lines.push_back({{kind, entry.subject, rate}, level_of(rate, entry.full_at, now)});
    if (lines.size() == before) lines.push_back({{kind, "", rate}, level_of(rate, std::nullopt, now)});
  }
  return lines;
}

}  // namespace certmgr
