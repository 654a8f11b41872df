// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

namespace SQLite {
class Database;
}

namespace certmgr::store {

std::optional<std::string> meta(SQLite::Database& connection, const std::string& name);
void set_meta(SQLite::Database& connection, const std::string& name, const std::string& value);

}  // namespace certmgr::store
