// SPDX-License-Identifier: MIT
#include "adapters/store/certificate_store.h"

#include "adapters/store/certificate_rows.h"
#include "adapters/store/event_chain.h"
#include "adapters/store/key_rows.h"
#include "adapters/store/renewal_rows.h"
#include "adapters/store/revocation_rows.h"
#include "adapters/store/server_rows.h"
#include "adapters/store/sql.h"
#include "adapters/store/store_trouble.h"
#include "adapters/store/version_rows.h"
#include "adapters/store/watch_rows.h"

namespace certmgr::store {
std::optional<Certificate> SqliteCertificateStore::find(const std::string& label) {
  return database_.read("read certificate " + label,
                        [&](SQLite::Database& connection) { return find_certificate(connection, label); });
}

std::optional<Certificate> SqliteCertificateStore::certificate(std::int64_t id) {
  return database_.read("read certificate " + std::to_string(id),
                        [&](SQLite::Database& connection) { return find_certificate(connection, id); });
}

std::vector<Certificate> SqliteCertificateStore::list(const std::string& after, int limit) {
  return database_.read("list the certificates", [&](SQLite::Database& connection) {
    return list_certificates(connection, after, limit);
  });
}

Certificate SqliteCertificateStore::put(const CertificateSpec& spec, const EventDraft& event) {
  return database_.write("save certificate " + spec.label, [&](SQLite::Database& connection) {
    const Instant now = clock_.now();
    const auto known = find_certificate(connection, spec.label);
    if (known && known->spec == spec) return *known;
    if (known && event.kind == "certificate.added")
      throw Failure(conflict("certificate " + spec.label, "somebody else has made it meanwhile"));
    auto written = write_certificate(connection, spec, known, now);
    append_event(connection, event, now);
    return written;
  });
}

std::vector<Version> SqliteCertificateStore::versions(std::int64_t certificate_id) {
  return database_.read(
      "read the versions of certificate " + std::to_string(certificate_id),
      [&](SQLite::Database& connection) { return versions_of(connection, certificate_id); });
}

std::optional<Version> SqliteCertificateStore::version(std::int64_t id) {
  return database_.read("read version " + std::to_string(id),
                        [&](SQLite::Database& connection) { return find_version(connection, id); });
}

std::optional<Version> SqliteCertificateStore::current(std::int64_t certificate_id) {
  return database_.read(
      "read the current version of certificate " + std::to_string(certificate_id),
      [&](SQLite::Database& connection) { return current_version(connection, certificate_id); });
}

std::optional<SealedKey> SqliteCertificateStore::key(const std::string& key_id) {
  return database_.read("read key " + key_id,
                        [&](SQLite::Database& connection) { return find_key(connection, key_id); });
}

std::optional<SealedKey> SqliteCertificateStore::reusable_key(std::int64_t certificate_id) {
  return database_.read("read the key of certificate " + std::to_string(certificate_id),
                        [&](SQLite::Database& connection) -> std::optional<SealedKey> {
                          const auto current = current_version(connection, certificate_id);
                          if (!current || find_revocation(connection, current->id)) return std::nullopt;
                          auto found = find_key(connection, current->key_id);
                          if (found && (is_elsewhere(*found) || store::is_compromised(connection, *found)))
                            found.reset();
                          return found;
                        });
}

bool SqliteCertificateStore::is_compromised(const SealedKey& key) {
  return database_.read("ask about key " + key.id,
                        [&](SQLite::Database& connection) { return store::is_compromised(connection, key); });
}

std::vector<Server> SqliteCertificateStore::servers_of(std::int64_t certificate_id) {
  return database_.read(
      "read the servers of certificate " + std::to_string(certificate_id),
      [&](SQLite::Database& connection) { return servers_for(connection, certificate_id); });
}

std::vector<Certificate> SqliteCertificateStore::certificates_on(std::int64_t server_id) {
  return database_.read(
      "read the certificates on server " + std::to_string(server_id),
      [&](SQLite::Database& connection) { return certificates_for(connection, server_id); });
}

void SqliteCertificateStore::attach(std::int64_t certificate_id, std::int64_t server_id,
                                    const EventDraft& event) {
  database_.write("attach a server to certificate " + std::to_string(certificate_id),
                  [&](SQLite::Database& connection) {
                    const std::string server = "server " + std::to_string(server_id);
                    if (!find_server_row(connection, server_id))
                      throw Failure(conflict(server, "it was removed meanwhile"));
                    const int changed =
                        execute(connection,
                                "INSERT INTO certificate_servers (certificate_id, server_id) VALUES (?, ?)"
                                " ON CONFLICT DO NOTHING",
                                certificate_id, server_id);
                    if (changed == 0) return;
                    const Instant now = clock_.now();
                    wake_watch(connection, server_id, now);
                    append_event(connection, event, now);
                  });
}

}  // namespace certmgr::store
