// SPDX-License-Identifier: MIT
#include "adapters/store/order_writer.h"

#include <algorithm>

#include "adapters/store/enrollment_rows.h"
#include "adapters/store/event_chain.h"
#include "adapters/store/key_rows.h"
#include "adapters/store/order_codec.h"
#include "adapters/store/order_rows.h"
#include "adapters/store/rate_rows.h"
#include "adapters/store/renewal_info_rows.h"
#include "adapters/store/renewal_rows.h"
#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"
#include "adapters/store/version_rows.h"

namespace certmgr::store {
namespace {

/// RFC 9773 section 4.3: the CA is asked right after it issued, but by the daemon and not within the order.
constexpr Duration kFirstAsked = std::chrono::minutes(1);

std::string row_name(std::int64_t id) { return "order " + std::to_string(id); }

std::optional<std::string> key_column(const OrderState& state) {
  std::string id = key_id_of(state);
  return id.empty() ? std::nullopt : std::optional<std::string>(std::move(id));
}

std::optional<std::int64_t> version_column(const OrderState& state) {
  if (const auto* issued = std::get_if<Issued>(&state)) return issued->version_id;
  if (const auto* quarantined = std::get_if<Quarantined>(&state)) return quarantined->version_id;
  return std::nullopt;
}

/// What the domain cannot know before the row exists: the id of the version.
void store_chain(SQLite::Database& connection, const OrderStore::Save& save, Order& order, Instant now) {
  auto* issued = std::get_if<Issued>(&order.state);
  auto* quarantined = std::get_if<Quarantined>(&order.state);
  if (issued == nullptr && quarantined == nullptr) {
    throw Failure(misuse("cannot save " + row_name(order.id),
                         "it brings a chain but is neither issued nor quarantined"));
  }
  const std::int64_t id =
      insert_version(connection, order.certificate_id, save.key_id, *save.chain, quarantined != nullptr, now);
  (issued != nullptr ? issued->version_id : quarantined->version_id) = id;
  if (issued != nullptr) {
    const Duration life = save.chain->not_after - save.chain->not_before;
    wake_renewal_info(connection, order.certificate_id, order.spec.ca,
                      now + std::clamp(life / 100, Duration::zero(), kFirstAsked));
  }
}

void update_row(SQLite::Database& connection, const Order& order, std::int64_t revision) {
  const int changed = execute(
      connection,
      "UPDATE orders SET state = ?, wake_at = ?, order_url = coalesce(nullif(?, ''), order_url), key_id = ?,"
      " version_id = ?, entered_at = ?, payload = ?, revision = ? WHERE id = ? AND revision = ?",
      name_of(order.state), order.wake_at, order_url_of(order.state), key_column(order.state),
      version_column(order.state), order.entered_at, encode_order(order), order.revision, order.id, revision);
  if (changed == 0) {
    throw Failure(conflict(row_name(order.id), "another process saved it after it was read"));
  }
}

/// The row as it is before it is written.
struct Former {
  std::string key_id;
  std::string state;
};

Former former_row(SQLite::Database& connection, std::int64_t order_id) {
  const auto row =
      first(query(connection, "SELECT coalesce(key_id, ''), state FROM orders WHERE id = ?", order_id),
            [](SQLite::Statement& columns) {
              return Former{columns.getColumn(0).getString(), columns.getColumn(1).getString()};
            });
  return row.value_or(Former{});
}

/// To withdraw proofs is nothing that the CA has to do with: hooks that hang keep no order waiting.
std::string party_of(const Order& order) {
  return is_final(order.state) ? "cleanup" : party_of_ca(order.spec.ca);
}

void update_task(SQLite::Database& connection, const Order& order) {
  const TaskRef task{TaskKind::order, order.id};
  if (is_settled(order)) return end_task(connection, task);
  // One that was quarantined and goes on waiting has lost its task.
  if (order.placeholder_id != 0)
    wake_task(connection, task, lane_of("certificate", order.certificate_id), party_of(order), order.wake_at);
  move_task(connection, task, order.wake_at, party_of(order));
}

/// Those who wait for what becomes of the order. What becomes of its proofs once it has ended is nothing to
/// them.
void wake_others(SQLite::Database& connection, const Order& order, const Former& before, Instant now) {
  if (is_final(order.state) && before.state == name_of(order.state)) return;
  if (order.enrollment_id != 0) wake_enrollment(connection, order.enrollment_id, now);
  if (is_final(order.state)) wake_renewal(connection, order.certificate_id, now);
}

/// The one that it was to stand in for has come since it was decided to download this one.
bool came_too_late(SQLite::Database& connection, const Order& order) {
  const auto current = current_version(connection, order.certificate_id);
  return current && is_stand_in_too_late(order, current->not_after);
}

}  // namespace

Order insert_order(SQLite::Database& connection, const Order& order, const EventDraft& event, Instant now) {
  if (auto known = find_open_order(connection, order.certificate_id, order.enrollment_id != 0)) return *known;
  Order opened = order;
  opened.revision = 1;
  execute(connection,
          "INSERT INTO orders (certificate_id, state, wake_at, order_url, key_id, version_id, created_at,"
          " entered_at, revision, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          opened.certificate_id, name_of(opened.state), opened.wake_at, order_url_of(opened.state),
          key_column(opened.state), version_column(opened.state), opened.created_at, opened.entered_at,
          opened.revision, encode_order(opened));
  opened.id = connection.getLastInsertRowid();
  add_task(connection, {TaskKind::order, opened.id}, lane_of("certificate", opened.certificate_id),
           party_of_ca(opened.spec.ca), opened.wake_at);
  append_event(connection, event, now);
  return opened;
}

Order update_order(SQLite::Database& connection, const OrderStore::Save& save, Instant now) {
  Order order = save.order;
  const std::int64_t expected = order.revision++;
  const Former before = former_row(connection, order.id);
  if (save.new_key && save.new_key->id != key_id_of(order.state)) {
    throw Failure(misuse("cannot save " + row_name(order.id), "it brings a key it does not use"));
  }
  if (save.new_key) insert_key(connection, *save.new_key, now);
  EventDraft event = save.event;
  if (save.chain && came_too_late(connection, order)) {
    order.state = Withdrawn{};
    event = {
        "order.withdrawn", order.spec.label, {{"why", "the certificate it was to stand in for has come"}}};
  } else if (save.chain) {
    store_chain(connection, save, order, now);
  }
  update_row(connection, order, expected);
  update_task(connection, order);
  wake_others(connection, order, before, now);
  if (is_final(order.state)) settle_reservation(connection, order, now);
  if (!before.key_id.empty() && before.key_id != key_id_of(order.state))
    drop_unused_key(connection, before.key_id);
  EventBatch events(connection);
  for (const auto& past : save.earlier) events.append(past.event, past.at);
  events.append(event, now);
  events.finish();
  return order;
}

}  // namespace certmgr::store
