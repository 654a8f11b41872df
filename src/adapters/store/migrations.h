// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace certmgr::store {

/// One numbered file of schema/migrations/.
struct Migration {
  int version = 0;
  std::string name;
  std::string sql;
};

/// All of them, compiled in, in the order of their numbers.
const std::vector<Migration>& migrations();

/// The version a store is at; 0 for an empty one.
int schema_version(SQLite::Database& connection);

/// Brings the store to the newest version, each migration in a transaction of its own. Several
/// processes may try at once. Throws Failure "store_newer", and changes nothing, when the store is ahead
/// of the program.
void migrate(SQLite::Database& connection, const std::vector<Migration>& steps);

}  // namespace certmgr::store
