// SPDX-License-Identifier: MIT
#include "adapters/store/task_queue.h"

#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"
#include "platform/process_identity.h"

namespace certmgr::store {
namespace {

struct TaskRow {
  std::string lane;
  Instant due_at;
};

std::optional<TaskRow> find_task(SQLite::Database& connection, TaskRef task) {
  return first(query(connection, "SELECT lane, due_at FROM tasks WHERE kind = ? AND subject_id = ?",
                     word_of(task.kind), task.subject_id),
               [](SQLite::Statement& row) {
                 return TaskRow{row.getColumn(0).getString(), instant(row.getColumn(1).getInt64())};
               });
}

/// Who works in this lane, on this task or on another, if anybody does. A lease of this very process counts
/// as well: its threads must not meet either.
std::optional<std::string> live_holder(SQLite::Database& connection, const std::string& lane, Instant now) {
  auto leases =
      query(connection,
            "SELECT lease_owner FROM tasks WHERE lane = ? AND lease_owner IS NOT NULL AND lease_until > ?",
            lane, now);
  while (leases.executeStep()) {
    std::string owner = leases.getColumn(0).getString();
    if (!platform::process_is_dead(owner)) return owner;
  }
  return std::nullopt;
}

}  // namespace

SqliteTaskQueue::SqliteTaskQueue(Database& database)
    : database_(database), owner_(platform::process_identity()) {}

Claim SqliteTaskQueue::claim(TaskRef task, Instant now, Duration lease, bool ignore_due) {
  // A lease dies with the machine, so it need not survive a power cut.
  return database_.write(
      "claim a task",
      [&](SQLite::Database& connection) -> Claim {
        const auto row = find_task(connection, task);
        if (!row) return {ClaimResult::gone, {}, {}};
        if (const auto holder = live_holder(connection, row->lane, now)) {
          return {ClaimResult::held, row->due_at, platform::describe_process(*holder)};
        }
        if (row->due_at > now && !ignore_due) return {ClaimResult::not_due, row->due_at, {}};
        execute(connection,
                "UPDATE tasks SET lease_owner = ?, lease_until = ? WHERE kind = ? AND subject_id = ?", owner_,
                now + lease, word_of(task.kind), task.subject_id);
        return {ClaimResult::claimed, row->due_at, {}};
      },
      Durability::relaxed);
}

void SqliteTaskQueue::extend(TaskRef task, Instant until) {
  database_.write(
      "extend a lease",
      [&](SQLite::Database& connection) {
        execute(connection,
                "UPDATE tasks SET lease_until = ? WHERE kind = ? AND subject_id = ? AND lease_owner = ?",
                until, word_of(task.kind), task.subject_id, owner_);
      },
      Durability::relaxed);
}

void SqliteTaskQueue::release(TaskRef task) {
  database_.write(
      "release a task",
      [&](SQLite::Database& connection) {
        execute(connection,
                "UPDATE tasks SET lease_owner = NULL, lease_until = NULL"
                " WHERE kind = ? AND subject_id = ? AND lease_owner = ?",
                word_of(task.kind), task.subject_id, owner_);
      },
      Durability::relaxed);
}

}  // namespace certmgr::store
