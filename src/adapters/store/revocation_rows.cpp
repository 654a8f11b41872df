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

std::optional<RevocationRequest> find_request(SQLite::Database& connection, std::int64_t version_id) {
  return first(
      query(connection,
            "SELECT version_id, reason, renew, requested_at FROM revocation_requests WHERE version_id = ?",
            version_id),
      [](SQLite::Statement& row) {
        return RevocationRequest{row.getColumn(0).getInt64(), row.getColumn(1).getString(),
                                 row.getColumn(2).getInt() != 0, instant(row.getColumn(3).getInt64())};
      });
}

void put_request(SQLite::Database& connection, const RevocationRequest& request, Instant at) {
  execute(connection,
          "INSERT INTO revocation_requests (version_id, reason, renew, requested_at) VALUES (?, ?, ?, ?)"
          " ON CONFLICT (version_id) DO UPDATE SET reason = excluded.reason, renew = excluded.renew",
          request.version_id, request.reason, request.renew, at);
}

bool delete_request(SQLite::Database& connection, std::int64_t version_id) {
  return execute(connection, "DELETE FROM revocation_requests WHERE version_id = ?", version_id) > 0;
}

void mark_compromised(SQLite::Database& connection, const std::string& key_id, Instant at) {
  execute(connection,
          "INSERT INTO compromised_keys (spki_sha256, noted_at) SELECT spki_sha256, ? FROM keys WHERE id = ?"
          " ON CONFLICT DO NOTHING",
          at, key_id);
}

bool insert_revocation(SQLite::Database& connection, const Revocation& revocation, Instant seen_at) {
  return execute(connection,
                 "INSERT INTO revocations (version_id, revoked_at, reason, seen_at) VALUES (?, ?, ?, ?)"
                 " ON CONFLICT DO NOTHING",
                 revocation.version_id, revocation.revoked_at, revocation.reason, seen_at) > 0;
}

}  // namespace certmgr::store
