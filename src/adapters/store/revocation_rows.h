// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "certmgr/ports/upkeep.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

/// The CA is to be asked about the certificate at `at` at the latest. Adds the task if it is missing.
void wake_revocation_check(SQLite::Database& connection, std::int64_t certificate_id, Instant at);
void move_revocation_check(SQLite::Database& connection, std::int64_t certificate_id, Instant at);
std::optional<RevocationRequest> find_request(SQLite::Database& connection, std::int64_t version_id);
void put_request(SQLite::Database& connection, const RevocationRequest& request, Instant at);
/// False if there was none.
bool delete_request(SQLite::Database& connection, std::int64_t version_id);
/// Its public key, so that it is known when the private one comes from elsewhere again.
void mark_compromised(SQLite::Database& connection, const std::string& key_id, Instant at);
std::optional<Revocation> find_revocation(SQLite::Database& connection, std::int64_t version_id);
/// False if it was known already; then the first words about it stay.
bool insert_revocation(SQLite::Database& connection, const Revocation& revocation, Instant seen_at);

}  // namespace certmgr::store
