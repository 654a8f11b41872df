// SPDX-License-Identifier: MIT
#include "adapters/store/certificate_rows.h"

#include "adapters/store/renewal_rows.h"
#include "adapters/store/sql.h"

namespace certmgr::store {
namespace {

constexpr const char* kSelect =
    "SELECT certificates.id, certificates.label, certificates.payload, certificates.created_at FROM "
    "certificates ";

Certificate read_certificate(SQLite::Statement& row) {
  Certificate certificate;
  certificate.id = row.getColumn(0).getInt64();
  const std::string label = row.getColumn(1).getString();
  decode_row("certificate " + label, [&] {
    certificate.spec = decode_spec(row.getColumn(2).getString());
    if (certificate.spec.label != label)
      throw BadPayload("it is labelled \"" + certificate.spec.label + "\" inside");
  });
  certificate.created_at = instant(row.getColumn(3).getInt64());
  return certificate;
}

/// Whoever changes a certificate orders it next, with wishes the renewal does not know (store only, another
/// time limit). The renewal steps in when nobody did.
constexpr Duration kAskerGoesFirst = std::chrono::seconds(10);

}  // namespace

Certificate write_certificate(SQLite::Database& connection, const CertificateSpec& spec,
                              const std::optional<Certificate>& known, Instant now) {
  if (known) {
    execute(connection, "UPDATE certificates SET payload = ? WHERE id = ?", encode_spec(spec), known->id);
    wake_renewal(connection, known->id, now + kAskerGoesFirst);
    return {known->id, spec, known->created_at};
  }
  execute(connection, "INSERT INTO certificates (label, payload, created_at) VALUES (?, ?, ?)", spec.label,
          encode_spec(spec), now);
  Certificate made{connection.getLastInsertRowid(), spec, now};
  add_renewal(connection, made.id, now + kAskerGoesFirst);
  return made;
}

std::optional<Certificate> find_certificate(SQLite::Database& connection, const std::string& label) {
  return first(query(connection, std::string(kSelect) + "WHERE label = ?", label), read_certificate);
}

std::optional<Certificate> find_certificate(SQLite::Database& connection, std::int64_t id) {
  return first(query(connection, std::string(kSelect) + "WHERE id = ?", id), read_certificate);
}

std::vector<Certificate> list_certificates(SQLite::Database& connection, const std::string& after,
                                           int limit) {
  return all(query(connection, std::string(kSelect) + "WHERE label > ? ORDER BY label LIMIT ?", after, limit),
             read_certificate);
}

std::vector<Certificate> certificates_for(SQLite::Database& connection, std::int64_t server_id) {
  return all(query(connection,
                   std::string(kSelect) +
                       "JOIN certificate_servers ON certificate_servers.certificate_id = certificates.id"
                       " WHERE certificate_servers.server_id = ? ORDER BY certificates.label",
                   server_id),
             read_certificate);
}

void check_certificates(SQLite::Database& connection, const std::function<void(const std::string&)>& report) {
  check_rows(query(connection, std::string(kSelect) + "ORDER BY id"), read_certificate, report);
}

}  // namespace certmgr::store
