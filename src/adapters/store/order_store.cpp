// SPDX-License-Identifier: MIT
#include "adapters/store/order_store.h"

#include "adapters/store/order_rows.h"
#include "adapters/store/order_writer.h"
#include "adapters/store/sql.h"

namespace certmgr::store {
namespace {

std::string row_name(std::int64_t id) { return "order " + std::to_string(id); }

}  // namespace

std::optional<Order> SqliteOrderStore::open_order(std::int64_t certificate_id) {
  return database_.read(
      "read the open order of certificate " + std::to_string(certificate_id),
      [&](SQLite::Database& connection) { return find_open_order(connection, certificate_id); });
}

std::vector<Order> SqliteOrderStore::unsettled_orders(std::int64_t certificate_id) {
  return database_.read(
      "read the unsettled orders of certificate " + std::to_string(certificate_id),
      [&](SQLite::Database& connection) { return find_unsettled_orders(connection, certificate_id); });
}

std::optional<Order> SqliteOrderStore::last_order(std::int64_t certificate_id) {
  return database_.read(
      "read the last order of certificate " + std::to_string(certificate_id),
      [&](SQLite::Database& connection) { return find_last_order(connection, certificate_id); });
}

std::optional<Order> SqliteOrderStore::last_issued(std::int64_t certificate_id) {
  return database_.read(
      "read the last issued order of certificate " + std::to_string(certificate_id),
      [&](SQLite::Database& connection) { return find_last_issued(connection, certificate_id); });
}

std::optional<Order> SqliteOrderStore::order(std::int64_t id) {
  return database_.read("read " + row_name(id),
                        [&](SQLite::Database& connection) { return find_order(connection, id); });
}

std::optional<Order> SqliteOrderStore::order_of_version(std::int64_t version_id) {
  return database_.read("read the order of version " + std::to_string(version_id),
                        [&](SQLite::Database& connection) { return find_order_of(connection, version_id); });
}

std::vector<std::string> SqliteOrderStore::order_urls(std::int64_t certificate_id, int limit) {
  return database_.read(
      "read the orders of certificate " + std::to_string(certificate_id), [&](SQLite::Database& connection) {
        return all(query(connection,
                         "SELECT order_url FROM orders WHERE certificate_id = ? AND order_url <> ''"
                         " ORDER BY id DESC LIMIT ?",
                         certificate_id, limit),
                   [](SQLite::Statement& row) { return row.getColumn(0).getString(); });
      });
}

Order SqliteOrderStore::open(const Order& order, const EventDraft& event) {
  return database_.write("open an order for " + order.spec.label, [&](SQLite::Database& connection) {
    return insert_order(connection, order, event, clock_.now());
  });
}

bool SqliteOrderStore::knows_order_url(const std::string& url) {
  if (url.empty()) return false;
  return database_.read("look up an order's URL", [&](SQLite::Database& connection) {
    return query(connection, "SELECT 1 FROM orders WHERE order_url = ? AND order_url <> '' LIMIT 1", url)
        .executeStep();
  });
}

Order SqliteOrderStore::save(const Save& save) {
  return database_.write(
      "save " + row_name(save.order.id),
      [&](SQLite::Database& connection) { return update_order(connection, save, clock_.now()); },
      save.durable ? Durability::full : Durability::relaxed);
}

}  // namespace certmgr::store
