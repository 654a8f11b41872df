// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/account.h"
#include "certmgr/domain/rate_limit.h"

namespace certmgr {

/// What was ordered of each CA, as far as its rate limits count it: per directory, and what the CA counts per
/// account (is_per_account()) per account there; by which name the CA goes does not matter. Shared by every
/// process on the store.
/// What an order has taken is settled by the store in the transaction that ends the order (settle()).
/// Thread-safe; throws Failure like the stores.
class RateLedger {
 public:
  virtual ~RateLedger() = default;
  /// Takes what the order needs from all of its buckets, or from none: then the shortage. An order that has
  /// taken already takes nothing again.
  virtual std::optional<Shortage> reserve(std::int64_t order_id, const AccountPlace& at, const Demand& demand,
                                          Instant now) = 0;
  /// The same for what belongs to no order and never comes back.
  virtual std::optional<Shortage> take(const AccountPlace& at, const Bucket& bucket, Instant now) = 0;
  /// The CA itself says that the bucket has no room before `room_at`: others draw on it as well.
  virtual void mark_empty(const AccountPlace& at, const Bucket& bucket, Instant room_at) = 0;

  struct Entry {
    LimitKind kind = LimitKind::orders;
    std::string subject;
    Instant full_at;
  };
  /// All that is not full, by kind and subject.
  virtual std::vector<Entry> entries(const AccountPlace& at, Instant now) = 0;
};

}  // namespace certmgr
