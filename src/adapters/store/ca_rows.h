// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/ca_entry.h"
#include "certmgr/domain/instant.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

/// By name.
std::vector<CaEntry> all_cas(SQLite::Database& connection);
/// Makes the row, or changes it if the name exists.
void put_ca(SQLite::Database& connection, const CaEntry& ca, Instant at);
void delete_ca(SQLite::Database& connection, const std::string& name);

}  // namespace certmgr::store
