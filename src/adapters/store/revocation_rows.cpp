// SPDX-License-Identifier: MIT
#include "adapters/store/revocation_rows.h"

#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"

namespace certmgr::store {
namespace {

TaskRef task_of(std::int64_t certificate_id) { return {TaskKind::revocation, certificate_id}; }

}  // namespace

void wake_revocation_check(SQLite::Database& connection, std::int64_t certificate_id, Instant at) {
  wake_task(connection, task_of(certificate_id), lane_of("revocation", certificate_id), "revocation", at);
}

void move_revocation_check(SQLite::Database& connection, std::int64_t certificate_id, Instant at) {
  move_task(connection, task_of(certificate_id), at);
}

std::optional<Revocation> find_revocation(SQLite::Database& connection, std::int64_t version_id) {
  return first(
      query(connection, "SELECT version_id, revoked_at, reason FROM revocations WHERE version_id = ?",
            version_id),
      [](SQLite::Statement& row) {
        return Revocation{row.getColumn(0).getInt64(), instant(row.getColumn(1).getInt64()),
                          row.getColumn(2).getString()};
      });
}

bool insert_revocation(SQLite::Database& connection, const Revocation& revocation, Instant seen_at) {
  return execute(connection,
                 "INSERT INTO revocations (version_id, revoked_at, reason, seen_at) VALUES (?, ?, ?, ?)"
                 " ON CONFLICT DO NOTHING",
                 revocation.version_id, revocation.revoked_at, revocation.reason, seen_at) > 0;
}

}  // namespace certmgr::store
