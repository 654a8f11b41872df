// SPDX-License-Identifier: MIT
#include "adapters/store/renewal_info_rows.h"

#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"

namespace certmgr::store {
namespace {

constexpr const char* kColumns =
    "i.version_id, i.window_start, i.window_end, i.explanation_url, i.renew_at, i.seen_at";

SuggestedRenewal read_suggestion(SQLite::Statement& row) {
  return {row.getColumn(0).getInt64(),
          {instant(row.getColumn(1).getInt64()), instant(row.getColumn(2).getInt64()),
           row.getColumn(3).getString()},
          instant(row.getColumn(4).getInt64()),
          instant(row.getColumn(5).getInt64())};
}

TaskRef task_of(std::int64_t certificate_id) { return {TaskKind::renewal_info, certificate_id}; }

}  // namespace

void wake_renewal_info(SQLite::Database& connection, std::int64_t certificate_id, const std::string& ca,
                       Instant at) {
  const TaskRef task = task_of(certificate_id);
  wake_task(connection, task, lane_of("renewal_info", certificate_id), party_of_ca(ca), at);
  execute(connection, "UPDATE tasks SET party = ?1 WHERE kind = ?2 AND subject_id = ?3 AND party <> ?1",
          party_of_ca(ca), to_string(task.kind), task.subject_id);
}

void move_renewal_info(SQLite::Database& connection, std::int64_t certificate_id, Instant at) {
  move_task(connection, task_of(certificate_id), at);
}

std::optional<Instant> renewal_info_due(SQLite::Database& connection, std::int64_t certificate_id) {
  return first(query(connection, "SELECT due_at FROM tasks WHERE kind = ? AND subject_id = ?",
                     to_string(TaskKind::renewal_info), certificate_id),
               [](SQLite::Statement& row) { return instant(row.getColumn(0).getInt64()); });
}

std::optional<SuggestedRenewal> find_suggestion(SQLite::Database& connection, std::int64_t version_id) {
  return first(
      query(connection, std::string("SELECT ") + kColumns + " FROM renewal_infos i WHERE i.version_id = ?",
            version_id),
      read_suggestion);
}

std::vector<ExplainedRenewal> explained_suggestions(SQLite::Database& connection, int limit) {
  // The partial index holds the few that are explained; left to itself SQLite may begin with all versions.
  return all(query(connection,
                   std::string("SELECT ") + kColumns +
                       ", c.label FROM renewal_infos i INDEXED BY renewal_infos_explained"
                       " CROSS JOIN versions v ON v.id = i.version_id"
                       " JOIN certificates c ON c.id = v.certificate_id WHERE i.explanation_url <> ''"
                       " AND NOT EXISTS (SELECT 1 FROM versions n WHERE n.certificate_id = v.certificate_id"
                       " AND n.number > v.number AND n.quarantined = 0)"
                       " ORDER BY i.renew_at LIMIT ?",
                   limit),
             [](SQLite::Statement& row) {
               return ExplainedRenewal{row.getColumn(6).getString(), read_suggestion(row)};
             });
}

void put_suggestion(SQLite::Database& connection, const SuggestedRenewal& suggested) {
  execute(
      connection,
      "INSERT INTO renewal_infos (version_id, window_start, window_end, renew_at, explanation_url, seen_at)"
      " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (version_id) DO UPDATE SET"
      " window_start = excluded.window_start, window_end = excluded.window_end,"
      " renew_at = excluded.renew_at, explanation_url = excluded.explanation_url,"
      " seen_at = excluded.seen_at",
      suggested.version_id, suggested.info.window_start, suggested.info.window_end, suggested.renew_at,
      suggested.info.explanation_url, suggested.seen_at);
}

}  // namespace certmgr::store
