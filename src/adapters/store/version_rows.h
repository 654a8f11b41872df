// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/certificate.h"
#include "certmgr/domain/issued_check.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

/// Stores the chain as the certificate's next version; the version's id. Unless it is quarantined, the CA is
/// asked within an hour whether it revoked it.
std::int64_t insert_version(SQLite::Database& connection, std::int64_t certificate_id,
                            const std::string& key_id, const ChainFacts& facts, bool quarantined, Instant at);
std::optional<Version> find_version(SQLite::Database& connection, std::int64_t id);
std::vector<Version> versions_of(SQLite::Database& connection, std::int64_t certificate_id);
std::optional<Version> current_version(SQLite::Database& connection, std::int64_t certificate_id);

/// It is quarantined no longer: the CA is asked about it like about any other.
void release_version(SQLite::Database& connection, std::int64_t id, Instant now);

}  // namespace certmgr::store
