// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/ports/keyring.h"

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace certmgr::store {

/// id, type, purpose, spki_sha256, sealed: what read_key() reads.
inline constexpr const char* kKeyColumns = "id, type, purpose, spki_sha256, sealed";

SealedKey read_key(SQLite::Statement& row);
void insert_key(SQLite::Database& connection, const SealedKey& key, Instant at);
std::optional<SealedKey> find_key(SQLite::Database& connection, const std::string& id);

/// Deletes a key that no account, version or order names any more.
/// Somebody else may have it.
bool is_compromised(SQLite::Database& connection, const SealedKey& key);
void drop_unused_key(SQLite::Database& connection, const std::string& id);

}  // namespace certmgr::store
