// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "certmgr/domain/renewal.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

/// The row of a new certificate, with its task due at `due`.
void add_renewal(SQLite::Database& connection, std::int64_t certificate_id, Instant due);
/// Something happened that the renewal must take into account: its task is due at `at` at the latest.
void wake_renewal(SQLite::Database& connection, std::int64_t certificate_id, Instant at);
std::optional<Renewal> find_renewal(SQLite::Database& connection, std::int64_t certificate_id);
/// Saves the row and moves the task to wake_at; a lease of `holder` on it ends.
void update_renewal(SQLite::Database& connection, const Renewal& renewal, const std::string& holder);

}  // namespace certmgr::store
