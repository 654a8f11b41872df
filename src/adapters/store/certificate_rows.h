// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/certificate.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

std::optional<Certificate> find_certificate(SQLite::Database& connection, const std::string& label);
std::optional<Certificate> find_certificate(SQLite::Database& connection, std::int64_t id);
/// Makes it, or changes what `known` is to be; its renewal is looked at, after whoever changed it had time to
/// order it. Without an event.
Certificate write_certificate(SQLite::Database& connection, const CertificateSpec& spec,
                              const std::optional<Certificate>& known, Instant now);
std::vector<Certificate> list_certificates(SQLite::Database& connection, const std::string& after, int limit);
/// By label.
std::vector<Certificate> certificates_for(SQLite::Database& connection, std::int64_t server_id);

/// Reads every certificate; `report` is told what is wrong with the ones that cannot be read.
void check_certificates(SQLite::Database& connection, const std::function<void(const std::string&)>& report);

}  // namespace certmgr::store
