// SPDX-License-Identifier: MIT
#include "adapters/store/revocation_store.h"

#include "adapters/store/event_chain.h"
#include "adapters/store/renewal_rows.h"
#include "adapters/store/revocation_rows.h"
#include "adapters/store/sql.h"
#include "adapters/store/version_rows.h"

namespace certmgr::store {

void SqliteRevocationStore::request_revocation(const RevocationRequest& request, bool key_compromised,
                                               const EventDraft& event) {
  const std::string doing = "note that version " + std::to_string(request.version_id) + " is to be revoked";
  database_.write(doing, [&](SQLite::Database& connection) {
    const auto version = find_version(connection, request.version_id);
    if (!version) throw Failure(misuse("cannot " + doing, "there is no such version"));
    const Instant now = clock_.now();
    put_request(connection, request, now);
    if (key_compromised) mark_compromised(connection, version->key_id, now);
    append_event(connection, event, now);
  });
}

std::optional<RevocationRequest> SqliteRevocationStore::requested(std::int64_t version_id) {
  return database_.read("read what was asked about version " + std::to_string(version_id),
                        [&](SQLite::Database& connection) { return find_request(connection, version_id); });
}

void SqliteRevocationStore::drop_request(std::int64_t version_id, const EventDraft& event) {
  database_.write("note that version " + std::to_string(version_id) + " is not revoked",
                  [&](SQLite::Database& connection) {
                    if (!delete_request(connection, version_id)) return;
                    append_event(connection, event, clock_.now());
                  });
}

std::optional<Revocation> SqliteRevocationStore::revocation(std::int64_t version_id) {
  return database_.read(
      "read the revocation of version " + std::to_string(version_id),
      [&](SQLite::Database& connection) { return find_revocation(connection, version_id); });
}

void SqliteRevocationStore::save_revocation(const Revocation& revocation, const EventDraft& event) {
  const std::string doing = "note that version " + std::to_string(revocation.version_id) + " was revoked";
  database_.write(doing, [&](SQLite::Database& connection) {
    const auto version = find_version(connection, revocation.version_id);
    if (!version) throw Failure(misuse("cannot " + doing, "there is no such version"));
    const Instant now = clock_.now();
    if (!insert_revocation(connection, revocation, now)) return;
    wake_renewal(connection, version->certificate_id, now);
    append_event(connection, event, now);
  });
}

void SqliteRevocationStore::check_again(std::int64_t certificate_id, Instant at) {
  // Asked too early after a power cut, the CA gives the same answer.
  database_.write(
      "put off asking whether certificate " + std::to_string(certificate_id) + " was revoked",
      [&](SQLite::Database& connection) { move_revocation_check(connection, certificate_id, at); },
      Durability::relaxed);
}

}  // namespace certmgr::store
