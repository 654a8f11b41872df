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
std::optional<Revocation> find_revocation(SQLite::Database& connection, std::int64_t version_id);
/// False if it was known already; then the first words about it stay.
bool insert_revocation(SQLite::Database& connection, const Revocation& revocation, Instant seen_at);

}  // namespace certmgr::store
