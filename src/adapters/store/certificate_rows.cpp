// SPDX-License-Identifier: MIT
#include "adapters/store/certificate_rows.h"

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

}  // namespace

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
