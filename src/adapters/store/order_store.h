// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/store.h"

namespace certmgr::store {

class SqliteOrderStore final : public OrderStore {
 public:
  SqliteOrderStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  std::optional<Order> open_order(std::int64_t certificate_id) override;
  std::vector<Order> unsettled_orders(std::int64_t certificate_id) override;
  std::optional<Order> last_order(std::int64_t certificate_id) override;
  std::optional<Order> last_issued(std::int64_t certificate_id) override;
  std::optional<Order> order(std::int64_t id) override;
  std::optional<Order> order_of_version(std::int64_t version_id) override;
  std::vector<std::string> order_urls(std::int64_t certificate_id, int limit) override;
  Order open(const Order& order, const EventDraft& event) override;
  bool knows_order_url(const std::string& url) override;
  Order save(const Save& save) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
