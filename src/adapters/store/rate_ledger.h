// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/rate_ledger.h"

namespace certmgr::store {

class SqliteRateLedger final : public RateLedger {
 public:
  explicit SqliteRateLedger(Database& database) : database_(database) {}

  std::optional<Shortage> reserve(std::int64_t order_id, const AccountPlace& at, const Demand& demand,
                                  Instant now) override;
  std::optional<Shortage> take(const AccountPlace& at, const Bucket& bucket, Instant now) override;
  void mark_empty(const AccountPlace& at, const Bucket& bucket, Instant room_at) override;
  std::vector<Entry> entries(const AccountPlace& at, Instant now) override;

 private:
  Database& database_;
};

}  // namespace certmgr::store
