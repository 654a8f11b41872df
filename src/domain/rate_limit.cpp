// SPDX-License-Identifier: MIT
#include "certmgr/domain/rate_limit.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "certmgr/domain/ip_address.h"

namespace certmgr {
namespace {

constexpr std::array<std::pair<LimitKind, std::string_view>, 6> kKinds{{
    {LimitKind::orders, "orders"},
    {LimitKind::certificates_per_domain, "certificates_per_domain"},
    {LimitKind::certificates_per_set, "certificates_per_set"},
    {LimitKind::failed_authorizations, "failed_authorizations"},
    {LimitKind::consecutive_failures, "consecutive_failures"},
    {LimitKind::accounts, "accounts"},
}};

constexpr std::array<std::pair<char, std::chrono::seconds>, 4> kUnits{{
    {'d', std::chrono::days(1)},
    {'h', std::chrono::hours(1)},
    {'m', std::chrono::minutes(1)},
    {'s', std::chrono::seconds(1)},
}};
constexpr int kMostCount = 1'000'000;
constexpr std::chrono::seconds kLongest = std::chrono::days(3650);

std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > kMostCount)
    return std::nullopt;
  return number;
}

/// 7 and 'd': in the largest unit that leaves nothing over.
std::pair<std::int64_t, char> in_units(Duration length) {
  for (const auto& [unit, seconds] : kUnits)
    if (length % Duration(seconds) == Duration::zero()) return {length / Duration(seconds), unit};
  return {std::chrono::ceil<std::chrono::seconds>(length).count(), 's'};
}

/// How long one that was taken takes to come back.
Duration refill(const Rate& rate) { return rate.per / std::max(rate.most, 1); }

std::string name_without_wildcard(const Identifier& identifier) {
  return identifier.wildcard() ? identifier.value.substr(2) : identifier.value;
}

}  // namespace

std::string_view to_string(LimitKind kind) {
  for (const auto& [known, word] : kKinds)
    if (known == kind) return word;
  return "";
}

std::optional<LimitKind> parse_limit_kind(std::string_view text) {
  for (const auto& [kind, word] : kKinds)
    if (word == text) return kind;
  return std::nullopt;
}

bool is_per_account(LimitKind kind) {
  return kind == LimitKind::orders || kind == LimitKind::failed_authorizations ||
         kind == LimitKind::consecutive_failures;
}

std::vector<LimitKind> limit_kinds() {
  std::vector<LimitKind> kinds;
  kinds.reserve(kKinds.size());
  for (const auto& [kind, word] : kKinds) kinds.push_back(kind);
  return kinds;
}

std::optional<Rate> parse_rate(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || text.size() < slash + 3) return std::nullopt;
  const auto most = number_in(text.substr(0, slash));
  const auto count = number_in(text.substr(slash + 1, text.size() - slash - 2));
  if (!most || !count) return std::nullopt;
  for (const auto& [unit, seconds] : kUnits) {
    if (unit != text.back() || *count > kLongest / seconds) continue;
    return Rate{*most, Duration(seconds) * *count};
  }
  return std::nullopt;
}

std::string to_string(const Rate& rate) {
  const auto [count, unit] = in_units(rate.per);
  return std::to_string(rate.most) + "/" + std::to_string(count) + unit;
}

std::string words_of(const Rate& rate) {
  const auto [count, unit] = in_units(rate.per);
  return std::to_string(rate.most) + " in " + std::to_string(count) + " " +
         (unit == 'm' ? "min" : std::string(1, unit));
}

BucketLevel level_of(const Rate& rate, std::optional<Instant> full_at, Instant now) {
  const Duration one = refill(rate);
  const Instant full = std::max(full_at.value_or(now), now);
  BucketLevel level;
  level.full_at = full;
  level.room_at = std::max(now, full - (one * rate.most - one));
  level.used = static_cast<int>(std::min<std::int64_t>((full - now + one - Duration(1)) / one, rate.most));
  return level;
}

Instant take_one(const Rate& rate, std::optional<Instant> full_at, Instant now) {
  return std::max(full_at.value_or(now), now) + refill(rate);
}

Instant give_back_one(const Rate& rate, Instant full_at) { return full_at - refill(rate); }

Instant emptied_until(const Rate& rate, Instant room_at) {
  const Duration one = refill(rate);
  return room_at + (one * rate.most - one);
}

Demand demand_of(const RateLimits& limits, const PlannedOrder& order) {
  Demand demand;
  const auto add = [&](std::vector<Bucket>& buckets, LimitKind kind, const std::string& subject) {
    const auto rate = limits.rates.find(kind);
    if (rate == limits.rates.end()) return;
    Bucket bucket{kind, subject, rate->second};
    if (std::find(buckets.begin(), buckets.end(), bucket) == buckets.end())
      buckets.push_back(std::move(bucket));
  };
  if (!order.renewal || !limits.renewals_exempt) {
    add(demand.taken, LimitKind::orders, "");
    for (const auto& domain : order.domains) add(demand.taken, LimitKind::certificates_per_domain, domain);
  }
  add(demand.taken, LimitKind::certificates_per_set, set_of(order.identifiers));
  for (const auto kind : {LimitKind::failed_authorizations, LimitKind::consecutive_failures})
    for (const auto& identifier : order.identifiers)
      add(demand.failures, kind, name_without_wildcard(identifier));
  return demand;
}

std::optional<Shortage> shortage_in(const std::vector<StandingBucket>& buckets, Instant now) {
  std::optional<Shortage> last;
  for (const auto& [bucket, full_at] : buckets) {
    const Instant room_at = level_of(bucket.rate, full_at, now).room_at;
    if (room_at > now && (!last || room_at > last->room_at)) last = Shortage{bucket, room_at};
  }
  return last;
}

std::string describe(const Bucket& bucket) {
  std::string rate = words_of(bucket.rate);
  switch (bucket.kind) {
    case LimitKind::orders:
      return "new orders of the account (" + rate + ")";
    case LimitKind::certificates_per_domain:
      return "certificates for " + bucket.subject + " (" + rate + ")";
    case LimitKind::certificates_per_set:
      return "certificates for exactly these names (" + rate + ")";
    case LimitKind::failed_authorizations:
      return "failed authorizations of " + bucket.subject + " (" + rate + ")";
    case LimitKind::consecutive_failures:
      return "failed authorizations of " + bucket.subject + " in a row (" + rate + ")";
    case LimitKind::accounts:
      return "new accounts (" + rate + ")";
  }
  return rate;
}

std::string network_of(const Identifier& address) {
  auto octets = ip_octets(address.value);
  if (!octets || octets->size() != 16) return address.value;
  std::fill(octets->begin() + 8, octets->end(), std::uint8_t{0});
  return ip_text(*octets).value_or(address.value) + "/64";
}

std::string set_of(const std::vector<Identifier>& identifiers) { return join(identifiers, ","); }

}  // namespace certmgr
