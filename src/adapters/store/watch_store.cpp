// SPDX-License-Identifier: MIT
#include "adapters/store/watch_store.h"

#include "adapters/store/event_chain.h"
#include "adapters/store/sql.h"
#include "adapters/store/watch_rows.h"

namespace certmgr::store {

std::optional<Watch> SqliteWatchStore::watch(std::int64_t server_id) {
  return database_.read("read the watch over server " + std::to_string(server_id),
                        [&](SQLite::Database& connection) { return find_watch(connection, server_id); });
}

void SqliteWatchStore::save_watch(const Watch& watch, const std::optional<EventDraft>& event) {
  // What a look found is found again by the next one: only what people read must survive a power cut.
  database_.write(
      "save the watch over server " + std::to_string(watch.server_id),
      [&](SQLite::Database& connection) {
        update_watch(connection, watch);
        if (event) append_event(connection, *event, clock_.now());
      },
      event ? Durability::full : Durability::relaxed);
}

}  // namespace certmgr::store
