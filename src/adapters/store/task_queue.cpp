// SPDX-License-Identifier: MIT
#include "adapters/store/task_queue.h"

#include <set>

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
                     to_string(task.kind), task.subject_id),
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

Claim look_at(SQLite::Database& connection, TaskRef task, Instant now) {
  const auto row = find_task(connection, task);
  if (!row) return {ClaimResult::gone, {}, {}};
  if (const auto holder = live_holder(connection, row->lane, now))
    return {ClaimResult::held, row->due_at, platform::describe_process(*holder)};
  return {row->due_at > now ? ClaimResult::not_due : ClaimResult::claimed, row->due_at, {}};
}

struct LanedTask {
  DueTask due;
  std::string lane;
};

std::vector<LanedTask> due_tasks(SQLite::Database& connection, const std::string& party, Instant now,
                                 int limit) {
  return all(query(connection,
                   "SELECT kind, subject_id, due_at, lane FROM tasks"
                   " WHERE lease_owner IS NULL AND party = ? AND due_at <= ?"
                   " AND NOT EXISTS (SELECT 1 FROM tasks other"
                   "                 WHERE other.lane = tasks.lane AND other.lease_owner IS NOT NULL)"
                   " ORDER BY due_at LIMIT ?",
                   party, now, limit),
             [](SQLite::Statement& row) {
               return LanedTask{{{task_kind(row.getColumn(0).getString()), row.getColumn(1).getInt64()},
                                 instant(row.getColumn(2).getInt64())},
                                row.getColumn(3).getString()};
             });
}

}  // namespace

SqliteTaskQueue::SqliteTaskQueue(Database& database)
    : database_(database), owner_(platform::process_identity()) {}

Claim SqliteTaskQueue::claim(TaskRef task, Instant now, Duration lease, bool ignore_due) {
  // A lease dies with the machine, so it need not survive a power cut.
  return database_.write(
      "claim a task",
      [&](SQLite::Database& connection) -> Claim {
        Claim found = look_at(connection, task, now);
        if (found.result == ClaimResult::not_due && ignore_due) found.result = ClaimResult::claimed;
        if (found.result != ClaimResult::claimed) return found;
        execute(connection,
                "UPDATE tasks SET lease_owner = ?, lease_until = ? WHERE kind = ? AND subject_id = ?", owner_,
                now + lease, to_string(task.kind), task.subject_id);
        return found;
      },
      Durability::relaxed);
}

Claim SqliteTaskQueue::look(TaskRef task, Instant now) {
  return database_.read("look at a task",
                        [&](SQLite::Database& connection) { return look_at(connection, task, now); });
}

void SqliteTaskQueue::extend(TaskRef task, Instant until) {
  database_.write(
      "extend a lease",
      [&](SQLite::Database& connection) {
        execute(connection,
                "UPDATE tasks SET lease_until = ? WHERE kind = ? AND subject_id = ? AND lease_owner = ?",
                until, to_string(task.kind), task.subject_id, owner_);
      },
      Durability::relaxed);
}

void SqliteTaskQueue::release(TaskRef task) { release_all({task}); }

void SqliteTaskQueue::release_all(const std::vector<TaskRef>& tasks) {
  if (tasks.empty()) return;
  database_.write(
      "release tasks",
      [&](SQLite::Database& connection) {
        for (const TaskRef& task : tasks) {
          execute(connection,
                  "UPDATE tasks SET lease_owner = NULL, lease_until = NULL"
                  " WHERE kind = ? AND subject_id = ? AND lease_owner = ?",
                  to_string(task.kind), task.subject_id, owner_);
        }
      },
      Durability::relaxed);
}

void SqliteTaskQueue::postpone(TaskRef task, Instant at) {
  database_.write(
      "postpone a task",
      [&](SQLite::Database& connection) {
        execute(connection,
                "UPDATE tasks SET due_at = max(due_at, ?), lease_owner = NULL, lease_until = NULL"
                " WHERE kind = ? AND subject_id = ? AND lease_owner = ?",
                at, to_string(task.kind), task.subject_id, owner_);
      },
      Durability::relaxed);
}

std::vector<DueTask> SqliteTaskQueue::claim_due(const std::string& party, Instant now, Duration lease,
                                                int limit) {
  return database_.write(
      "claim the due tasks of " + party,
      [&](SQLite::Database& connection) {
        std::vector<DueTask> claimed;
        std::set<std::string> lanes;
        for (const LanedTask& found : due_tasks(connection, party, now, limit)) {
          // Two tasks of one lane may be due at once: the second waits for the first.
          if (!lanes.insert(found.lane).second) continue;
          execute(connection,
                  "UPDATE tasks SET lease_owner = ?, lease_until = ? WHERE kind = ? AND subject_id = ?",
                  owner_, now + lease, to_string(found.due.task.kind), found.due.task.subject_id);
          claimed.push_back(found.due);
        }
        return claimed;
      },
      Durability::relaxed);
}

std::vector<PartyOutlook> SqliteTaskQueue::outlook() {
  return database_.read("look at what is due", [&](SQLite::Database& connection) {
    std::vector<PartyOutlook> parties;
    // From party to party along the index instead of past every task.
    const auto next = [&] {
      return first(query(connection,
                         "SELECT party, due_at FROM tasks WHERE lease_owner IS NULL AND party > ?"
                         " ORDER BY party, due_at LIMIT 1",
                         parties.empty() ? std::string() : parties.back().party),
                   [](SQLite::Statement& row) {
                     return PartyOutlook{row.getColumn(0).getString(), instant(row.getColumn(1).getInt64())};
                   });
    };
    while (auto party = next()) parties.push_back(std::move(*party));
    return parties;
  });
}

bool SqliteTaskQueue::reap(Instant now) {
  const auto holders = database_.read("look who works on tasks", [&](SQLite::Database& connection) {
    return all(query(connection,
                     "SELECT lease_owner, min(lease_until) FROM tasks WHERE lease_owner IS NOT NULL"
                     " GROUP BY lease_owner"),
               [](SQLite::Statement& row) {
                 return std::pair(row.getColumn(0).getString(), instant(row.getColumn(1).getInt64()));
               });
  });
  bool others = false;
  for (const auto& [owner, earliest_end] : holders) {
    if (owner == owner_) continue;
    const bool dead = platform::process_is_dead(owner);
    others = others || !dead;
    if (!dead && earliest_end > now) continue;
    database_.write(
        "take over tasks",
        [&, holder = owner](SQLite::Database& connection) {
          execute(connection,
                  "UPDATE tasks SET lease_owner = NULL, lease_until = NULL"
                  " WHERE lease_owner = ? AND (? OR lease_until <= ?)",
                  holder, dead, now);
        },
        Durability::relaxed);
  }
  return others;
}

}  // namespace certmgr::store
