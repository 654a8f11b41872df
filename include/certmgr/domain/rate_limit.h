// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/identifier.h"
#include "certmgr/domain/instant.h"

namespace certmgr {

/// What a CA counts.
enum class LimitKind {
  orders,                   // per account
  certificates_per_domain,  // per registered domain, IPv4 address or /64 of IPv6 addresses
  certificates_per_set,     // per exact set of identifiers
  failed_authorizations,    // per identifier and account
  consecutive_failures,     // the same, since the last certificate
  accounts,                 // registered from here
};
/// "orders", "certificates_per_domain", ...: the words of the configuration and of the store.
std::string_view to_string(LimitKind kind);
std::optional<LimitKind> parse_limit_kind(std::string_view text);
std::vector<LimitKind> limit_kinds();
/// Each account at the CA has its own; the others are shared by all accounts.
bool is_per_account(LimitKind kind);

/// A token bucket: `most` at once, and one more every `per` / `most`.
struct Rate {
  int most = 0;
  Duration per{};
  bool operator==(const Rate&) const = default;
};
/// "50/7d": a count and a time in s, m, h or d. nullopt: not that, or not within 1..1000000 in 1 s..3650 d.
std::optional<Rate> parse_rate(std::string_view text);
std::string to_string(const Rate& rate);
/// "50 in 7 d"
std::string words_of(const Rate& rate);

/// Of one CA. What is not in it is not limited.
struct RateLimits {
  std::map<LimitKind, Rate> rates;
  /// Another certificate for the same names counts neither per account nor per domain.
  bool renewals_exempt = false;
  [[nodiscard]] bool empty() const { return rates.empty(); }
  bool operator==(const RateLimits&) const = default;
};

/// One thing that is counted.
struct Bucket {
  LimitKind kind = LimitKind::orders;
  std::string subject;  // domain, set, identifier; empty where the account is all there is
  Rate rate;
  bool operator==(const Bucket&) const = default;
};

// A bucket is kept as the moment it would be full again if nothing more were taken (the generic cell rate
// algorithm). nullopt, or a moment that has passed: it is full.

/// How a bucket stands.
struct BucketLevel {
  int used = 0;
  Instant room_at;  // when one can be taken; not after now: at once
  Instant full_at;
};
BucketLevel level_of(const Rate& rate, std::optional<Instant> full_at, Instant now);
/// Its new moment after one was taken, whether there was room or not.
Instant take_one(const Rate& rate, std::optional<Instant> full_at, Instant now);
/// After one was given back.
Instant give_back_one(const Rate& rate, Instant full_at);
/// Nothing is left in it before `room_at`.
Instant emptied_until(const Rate& rate, Instant room_at);

/// An order that is about to be placed.
struct PlannedOrder {
  std::vector<Identifier> identifiers;
  std::vector<std::string> domains;  // registered domains of the identifiers
  bool renewal = false;              // the CA has issued for exactly these identifiers before
};

/// The buckets an order needs room in. It takes one of each in `taken`; a failure takes one in `failures`.
struct Demand {
  std::vector<Bucket> taken;
  std::vector<Bucket> failures;
};
Demand demand_of(const RateLimits& limits, const PlannedOrder& order);

/// The bucket that has room last.
struct Shortage {
  Bucket bucket;
  Instant room_at;
};
struct StandingBucket {
  Bucket bucket;
  std::optional<Instant> full_at;
};
/// nullopt: every bucket has room now.
std::optional<Shortage> shortage_in(const std::vector<StandingBucket>& buckets, Instant now);

/// "50 certificates for example.com in 7 d": what is used up.
std::string describe(const Bucket& bucket);

/// The subject of a bucket per domain for an address: an IPv4 address itself, the /64 of an IPv6 address.
std::string network_of(const Identifier& address);
/// The subject of a bucket per set; `identifiers` is canonical().
std::string set_of(const std::vector<Identifier>& identifiers);

}  // namespace certmgr
