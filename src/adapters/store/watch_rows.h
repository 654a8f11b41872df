// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "certmgr/domain/watch.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

/// Something happened that the watch over the server must take into account: its task is due at `at` at the
/// latest. Makes row and task if they are missing; a server that was removed gets none.
void wake_watch(SQLite::Database& connection, std::int64_t server_id, Instant at);
void end_watch(SQLite::Database& connection, std::int64_t server_id);
std::optional<Watch> find_watch(SQLite::Database& connection, std::int64_t server_id);
/// Saves the row, if the server is still watched, and moves the task to wake_at.
void update_watch(SQLite::Database& connection, const Watch& watch);
/// Reads every watch; `report` is told what is wrong with the ones that cannot be read.
void check_watches(SQLite::Database& connection, const std::function<void(const std::string&)>& report);

}  // namespace certmgr::store
