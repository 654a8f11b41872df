// SPDX-License-Identifier: MIT
#include "adapters/store/meta.h"

#include "adapters/store/sql.h"

namespace certmgr::store {

std::optional<std::string> meta(SQLite::Database& connection, const std::string& name) {
  return first(query(connection, "SELECT value FROM meta WHERE name = ?", name),
               [](SQLite::Statement& row) { return row.getColumn(0).getString(); });
}

void set_meta(SQLite::Database& connection, const std::string& name, const std::string& value) {
  execute(
      connection,
      "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      name, value);
}

}  // namespace certmgr::store
