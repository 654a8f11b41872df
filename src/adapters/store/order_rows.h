// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/order.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

std::optional<Order> find_order(SQLite::Database& connection, std::int64_t id);
std::optional<Order> find_open_order(SQLite::Database& connection, std::int64_t certificate_id);
/// Those that have a task, oldest first.
std::vector<Order> find_unsettled_orders(SQLite::Database& connection, std::int64_t certificate_id);
/// The one of an enrollment, or else.
std::optional<Order> find_open_order(SQLite::Database& connection, std::int64_t certificate_id,
                                     bool enrolled);
std::optional<Order> find_last_order(SQLite::Database& connection, std::int64_t certificate_id);
std::optional<Order> find_last_issued(SQLite::Database& connection, std::int64_t certificate_id);
/// The one that brought the version.
std::optional<Order> find_order_of(SQLite::Database& connection, std::int64_t version_id);

/// Reads every order; `report` is told what is wrong with the ones that cannot be read.
void check_orders(SQLite::Database& connection, const std::function<void(const std::string&)>& report);

}  // namespace certmgr::store
