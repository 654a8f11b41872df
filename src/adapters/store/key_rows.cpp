// SPDX-License-Identifier: MIT
#include "adapters/store/key_rows.h"

#include "adapters/store/sql.h"

namespace certmgr::store {

SealedKey read_key(SQLite::Statement& row) {
  SealedKey key;
  key.id = row.getColumn(0).getString();
  const std::string type = row.getColumn(1).getString();
  const auto known = parse_key_type(type);
  if (!known) throw Failure(corrupt_row("key " + key.id, "unknown key type \"" + type + "\""));
  key.type = *known;
  key.purpose = row.getColumn(2).getString();
  key.spki_sha256 = row.getColumn(3).getString();
  key.sealed = blob(row.getColumn(4));
  return key;
}

void insert_key(SQLite::Database& connection, const SealedKey& key, Instant at) {
  execute(connection,
          "INSERT INTO keys (id, type, purpose, spki_sha256, sealed, created_at) VALUES (?, ?, ?, ?, ?, ?)",
          key.id, to_string(key.type), key.purpose, key.spki_sha256, key.sealed, at);
}

std::optional<SealedKey> find_key(SQLite::Database& connection, const std::string& id) {
  return first(query(connection, std::string("SELECT ") + kKeyColumns + " FROM keys WHERE id = ?", id),
               read_key);
}

bool is_compromised(SQLite::Database& connection, const SealedKey& key) {
  return query(connection, "SELECT 1 FROM compromised_keys WHERE spki_sha256 = ?", key.spki_sha256)
      .executeStep();
}

void drop_unused_key(SQLite::Database& connection, const std::string& id) {
  execute(connection,
          "DELETE FROM keys WHERE id = ?1"
          " AND NOT EXISTS (SELECT 1 FROM accounts WHERE key_id = ?1 OR next_key_id = ?1)"
          " AND NOT EXISTS (SELECT 1 FROM versions WHERE key_id = ?1)"
          " AND NOT EXISTS (SELECT 1 FROM orders WHERE key_id = ?1)",
          id);
}

}  // namespace certmgr::store
