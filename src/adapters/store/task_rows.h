// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "certmgr/domain/instant.h"
#include "certmgr/ports/task_queue.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

/// The kind with this word; Failure if there is none.
TaskKind task_kind(std::string_view word);

/// What must not run at the same time shares a lane: "certificate:7", "server:3".
std::string lane_of(std::string_view noun, std::int64_t id);

/// Whom its orders wait for: "ca:letsencrypt".
std::string party_of_ca(const std::string& ca);

void add_task(SQLite::Database& connection, TaskRef task, const std::string& lane, const std::string& party,
              Instant due_at);
/// Makes it due at `at`, or earlier if it is already; adds it if it is not there. Keeps the lease.
void wake_task(SQLite::Database& connection, TaskRef task, const std::string& lane, const std::string& party,
               Instant at);
/// Keeps the lease, if one is out.
void move_task(SQLite::Database& connection, TaskRef task, Instant due_at);
void move_task(SQLite::Database& connection, TaskRef task, Instant due_at, const std::string& party);
/// A lease of another process stays.
void give_back_task(SQLite::Database& connection, TaskRef task, Instant due_at, const std::string& holder);
/// A process that is not dead works on it.
bool has_live_lease(SQLite::Database& connection, TaskRef task);
void end_task(SQLite::Database& connection, TaskRef task);

}  // namespace certmgr::store
