// SPDX-License-Identifier: MIT
#include "adapters/store/version_rows.h"

#include "adapters/store/revocation_rows.h"
#include "adapters/store/sql.h"

namespace certmgr::store {
namespace {

constexpr const char* kSelect =
    "SELECT id, certificate_id, number, key_id, chain_pem, serial, fingerprint, issuer, not_before, "
    "not_after,"
    " quarantined, created_at FROM versions ";

Version read_version(SQLite::Statement& row) {
  return {row.getColumn(0).getInt64(),
          row.getColumn(1).getInt64(),
          row.getColumn(2).getInt(),
          row.getColumn(3).getString(),
          row.getColumn(4).getString(),
          row.getColumn(5).getString(),
          row.getColumn(6).getString(),
          row.getColumn(7).getString(),
          instant(row.getColumn(8).getInt64()),
          instant(row.getColumn(9).getInt64()),
          row.getColumn(10).getInt() != 0,
          instant(row.getColumn(11).getInt64())};
}

}  // namespace

std::int64_t insert_version(SQLite::Database& connection, std::int64_t certificate_id,
                            const std::string& key_id, const ChainFacts& facts, bool quarantined,
                            Instant at) {
  execute(connection,
          "INSERT INTO versions (certificate_id, number, key_id, chain_pem, serial, fingerprint, issuer, "
          "not_before,"
          " not_after, quarantined, created_at) VALUES (?1,"
          " (SELECT coalesce(max(number), 0) + 1 FROM versions WHERE certificate_id = ?1), ?2, ?3, ?4, ?5, "
          "?6, ?7,"
          " ?8, ?9, ?10)",
          certificate_id, key_id, facts.chain_pem, facts.serial, facts.fingerprint, facts.issuer,
          facts.not_before, facts.not_after, quarantined, at);
  const std::int64_t id = connection.getLastInsertRowid();
  // A CRL made before it says nothing about it.
  if (!quarantined) wake_revocation_check(connection, certificate_id, at + std::chrono::hours(1));
  return id;
}

std::optional<Version> find_version(SQLite::Database& connection, std::int64_t id) {
  return first(query(connection, std::string(kSelect) + "WHERE id = ?", id), read_version);
}

std::vector<Version> versions_of(SQLite::Database& connection, std::int64_t certificate_id) {
  return all(query(connection, std::string(kSelect) + "WHERE certificate_id = ? ORDER BY number DESC",
                   certificate_id),
             read_version);
}

void release_version(SQLite::Database& connection, std::int64_t id, Instant now) {
  // One that stands in may have come meanwhile: what people have taken is to be the newest.
  execute(
      connection,
      "UPDATE versions SET quarantined = 0, number = (SELECT max(number) + (max(number) <> versions.number)"
      " FROM versions AS all_of_it WHERE all_of_it.certificate_id = versions.certificate_id) WHERE id = ?",
      id);
  if (const auto version = find_version(connection, id))
    wake_revocation_check(connection, version->certificate_id, now + std::chrono::hours(1));
}

std::optional<Version> current_version(SQLite::Database& connection, std::int64_t certificate_id) {
  return first(query(connection,
                     std::string(kSelect) +
                         "WHERE certificate_id = ? AND quarantined = 0 ORDER BY number DESC LIMIT 1",
                     certificate_id),
               read_version);
}

}  // namespace certmgr::store
