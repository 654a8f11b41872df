// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace SQLite {
class Database;
}

namespace certmgr::store {

/// "cmgr"; in the header of every store, so that no other SQLite file is taken for one.
inline constexpr int kApplicationId = 0x636d6772;

/// To be called before any database is opened.
void prepare_library();

/// Makes an empty file (0600) and the folders above it (0700) if there is nothing. Throws Failure when
/// that is impossible or something that is no file stands there.
void create_file(const std::string& path);

/// Refuses a file that is no store before anything in it is touched, marks a new one, and sets what
/// every connection needs (WAL, durable commits, foreign keys ...).
void prepare_connection(SQLite::Database& connection);

}  // namespace certmgr::store
