// SPDX-License-Identifier: MIT
#include "adapters/store/watch_rows.h"

#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"

namespace certmgr::store {
namespace {

constexpr int kVersion = 1;
constexpr const char* kSelect = "SELECT server_id, state, checked_at, payload FROM watches ";

TaskRef task_of(std::int64_t server_id) { return {TaskKind::watch, server_id}; }

std::string encode(const Watch& watch) {
  return dump({{"v", kVersion},
               {"served", to_json(watch.served)},
               {"wake_at", to_json(watch.wake_at)},
               {"unreachable_looks", watch.unreachable_looks},
               {"failures", watch.failures},
               {"repairs", watch.repairs},
               {"judged_deployment", watch.judged_deployment}});
}

/// A row that no runner has saved yet says nothing but its version.
void decode(const std::string& payload, Watch& watch) {
  const json value = parse_payload(payload, kVersion);
  if (!value.contains("wake_at")) return;
  from_json(value.at("served"), watch.served);
  from_json(value.at("wake_at"), watch.wake_at);
  watch.unreachable_looks = value.at("unreachable_looks");
  watch.failures = value.at("failures");
  watch.repairs = value.at("repairs");
  watch.judged_deployment = value.at("judged_deployment");
}

Watch read_watch(SQLite::Statement& row) {
  Watch watch;
  watch.server_id = row.getColumn(0).getInt64();
  decode_row("the watch over server " + std::to_string(watch.server_id), [&] {
    const auto word = row.getColumn(1).getString();
    const auto state = parse_watch_state(word);
    if (!state) throw BadPayload("unknown state \"" + word + "\"");
    watch.state = *state;
    if (!row.getColumn(2).isNull()) watch.checked_at = instant(row.getColumn(2).getInt64());
    decode(row.getColumn(3).getString(), watch);
  });
  return watch;
}

}  // namespace

void wake_watch(SQLite::Database& connection, std::int64_t server_id, Instant at) {
  const bool registered =
      query(connection, "SELECT 1 FROM servers WHERE id = ? AND removed_at IS NULL", server_id).executeStep();
  if (!registered) return;
  execute(connection,
          "INSERT INTO watches (server_id, state, payload) VALUES (?, 'unknown', '{\"v\":1}')"
          " ON CONFLICT DO NOTHING",
          server_id);
  wake_task(connection, task_of(server_id), lane_of("watch", server_id), "watch", at);
}

void end_watch(SQLite::Database& connection, std::int64_t server_id) {
  execute(connection, "DELETE FROM watches WHERE server_id = ?", server_id);
  end_task(connection, task_of(server_id));
}

std::optional<Watch> find_watch(SQLite::Database& connection, std::int64_t server_id) {
  return first(query(connection, std::string(kSelect) + "WHERE server_id = ?", server_id), read_watch);
}

void update_watch(SQLite::Database& connection, const Watch& watch) {
  execute(connection, "UPDATE watches SET state = ?, checked_at = ?, payload = ? WHERE server_id = ?",
          to_string(watch.state), watch.checked_at, encode(watch), watch.server_id);
  move_task(connection, task_of(watch.server_id), watch.wake_at);
}

void check_watches(SQLite::Database& connection, const std::function<void(const std::string&)>& report) {
  check_rows(query(connection, std::string(kSelect) + "ORDER BY server_id"), read_watch, report);
}

}  // namespace certmgr::store
