// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/rate_ledger.h"

namespace certmgr::store {

class SqliteRateLedger final : public RateLedger {
 public:
  explicit SqliteRateLedger(Database& database) : database_(database) {}

  std::optional<Shortage> reserve(std::int64_t order_id, const std::string& ca, const Demand& demand,
                                  Instant now) override;
  std::optional<Shortage> take(const std::string& ca, const Bucket& bucket, Instant now) override;
  void mark_empty(const std::string& ca, const Bucket& bucket, Instant room_at) override;
  std::vector<Entry> entries(const std::string& ca, Instant now) override;

 private:
  Database& database_;
};

}  // namespace certmgr::store
