// SPDX-License-Identifier: MIT
#include "adapters/store/task_rows.h"

#include "adapters/store/sql.h"
#include "platform/process_identity.h"

namespace certmgr::store {

TaskKind task_kind(std::string_view word) {
  for (const auto kind : kTaskKinds) {
    if (to_string(kind) == word) return kind;
  }
  throw Failure(corrupt_row("a task", "unknown kind \"" + std::string(word) + "\""));
}

std::string lane_of(std::string_view noun, std::int64_t id) {
  return std::string(noun) + ":" + std::to_string(id);
}

std::string party_of_ca(const std::string& ca) { return "ca:" + ca; }

void add_task(SQLite::Database& connection, TaskRef task, const std::string& lane, const std::string& party,
              Instant due_at) {
  execute(connection, "INSERT INTO tasks (kind, subject_id, lane, party, due_at) VALUES (?, ?, ?, ?, ?)",
          to_string(task.kind), task.subject_id, lane, party, due_at);
}

void wake_task(SQLite::Database& connection, TaskRef task, const std::string& lane, const std::string& party,
               Instant at) {
  execute(connection,
          "INSERT INTO tasks (kind, subject_id, lane, party, due_at) VALUES (?, ?, ?, ?, ?)"
          " ON CONFLICT (kind, subject_id) DO UPDATE SET due_at = min(due_at, excluded.due_at)",
          to_string(task.kind), task.subject_id, lane, party, at);
}

void move_task(SQLite::Database& connection, TaskRef task, Instant due_at) {
  execute(connection, "UPDATE tasks SET due_at = ? WHERE kind = ? AND subject_id = ?", due_at,
          to_string(task.kind), task.subject_id);
}

void move_task(SQLite::Database& connection, TaskRef task, Instant due_at, const std::string& party) {
  execute(connection, "UPDATE tasks SET due_at = ?, party = ? WHERE kind = ? AND subject_id = ?", due_at,
          party, to_string(task.kind), task.subject_id);
}

void give_back_task(SQLite::Database& connection, TaskRef task, Instant due_at, const std::string& holder) {
  execute(connection,
          "UPDATE tasks SET due_at = ?, lease_owner = nullif(lease_owner, ?),"
          " lease_until = iif(lease_owner = ?, NULL, lease_until) WHERE kind = ? AND subject_id = ?",
          due_at, holder, holder, to_string(task.kind), task.subject_id);
}

void end_task(SQLite::Database& connection, TaskRef task) {
  execute(connection, "DELETE FROM tasks WHERE kind = ? AND subject_id = ?", to_string(task.kind),
          task.subject_id);
}

bool has_live_lease(SQLite::Database& connection, TaskRef task) {
  const auto owner =
      first(query(connection, "SELECT coalesce(lease_owner, '') FROM tasks WHERE kind = ? AND subject_id = ?",
                  to_string(task.kind), task.subject_id),
            [](SQLite::Statement& row) { return row.getColumn(0).getString(); });
  return owner && !owner->empty() && !platform::process_is_dead(*owner);
}

}  // namespace certmgr::store
