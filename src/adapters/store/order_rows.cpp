// SPDX-License-Identifier: MIT
#include "adapters/store/order_rows.h"

#include "adapters/store/order_codec.h"
#include "adapters/store/sql.h"

namespace certmgr::store {
namespace {

constexpr const char* kSelect =
    "SELECT id, certificate_id, state, wake_at, key_id, created_at, entered_at, revision, payload FROM "
    "orders ";

Order read_order(SQLite::Statement& row) {
  Order order;
  order.id = row.getColumn(0).getInt64();
  order.certificate_id = row.getColumn(1).getInt64();
  order.wake_at = instant(row.getColumn(3).getInt64());
  order.created_at = instant(row.getColumn(5).getInt64());
  order.entered_at = instant(row.getColumn(6).getInt64());
  order.revision = row.getColumn(7).getInt64();
  decode_row("order " + std::to_string(order.id), [&] {
    decode_order(row.getColumn(8).getString(), order);
    const std::string state = row.getColumn(2).getString();
    if (state != name_of(order.state)) {
      throw BadPayload("its column says state \"" + state + "\", its payload \"" +
                       std::string(name_of(order.state)) + "\"");
    }
    if (row.getColumn(4).getString() != key_id_of(order.state))
      throw BadPayload("column and payload name different keys");
  });
  return order;
}

}  // namespace

std::optional<Order> find_order(SQLite::Database& connection, std::int64_t id) {
  return first(query(connection, std::string(kSelect) + "WHERE id = ?", id), read_order);
}

std::optional<Order> find_open_order(SQLite::Database& connection, std::int64_t certificate_id) {
  return first(query(connection,
                     std::string(kSelect) +
                         "WHERE certificate_id = ? AND state <> 'issued' AND state <> 'quarantined' AND "
                         "state <> 'failed' AND state <> 'withdrawn'"
                         " ORDER BY id DESC LIMIT 1",
                     certificate_id),
               read_order);
}

std::vector<Order> find_unsettled_orders(SQLite::Database& connection, std::int64_t certificate_id) {
  return all(query(connection,
                   std::string(kSelect) +
                       "WHERE certificate_id = ? AND EXISTS (SELECT 1 FROM tasks WHERE kind = 'order'"
                       " AND subject_id = orders.id)"
                       " ORDER BY id",
                   certificate_id),
             read_order);
}

std::optional<Order> find_open_order(SQLite::Database& connection, std::int64_t certificate_id,
                                     bool enrolled) {
  const auto open =
      all(query(connection,
                std::string(kSelect) +
                    "WHERE certificate_id = ? AND state <> 'issued' AND state <> 'quarantined' AND "
                    "state <> 'failed' AND state <> 'withdrawn'",
                certificate_id),
          read_order);
  for (const auto& order : open)
    if ((order.enrollment_id != 0) == enrolled) return order;
  return std::nullopt;
}

std::optional<Order> find_last_order(SQLite::Database& connection, std::int64_t certificate_id) {
  return first(query(connection, std::string(kSelect) + "WHERE certificate_id = ? ORDER BY id DESC LIMIT 1",
                     certificate_id),
               read_order);
}

std::optional<Order> find_last_issued(SQLite::Database& connection, std::int64_t certificate_id) {
  return first(
      query(connection,
            std::string(kSelect) +
                "WHERE state = 'issued' AND version_id = (SELECT id FROM versions WHERE certificate_id = ?"
                " AND quarantined = 0 ORDER BY number DESC LIMIT 1)",
            certificate_id),
      read_order);
}

std::optional<Order> find_order_of(SQLite::Database& connection, std::int64_t version_id) {
  return first(query(connection, std::string(kSelect) + "WHERE version_id = ?", version_id), read_order);
}

void check_orders(SQLite::Database& connection, const std::function<void(const std::string&)>& report) {
  check_rows(query(connection, std::string(kSelect) + "ORDER BY id"), read_order, report);
}

}  // namespace certmgr::store
