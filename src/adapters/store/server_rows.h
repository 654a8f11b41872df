// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/server.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

// Removed servers are not found by any of these.

std::optional<Server> find_server_row(SQLite::Database& connection, std::int64_t id);
std::optional<Server> find_server_row(SQLite::Database& connection, const std::string& name);
std::vector<Server> all_servers(SQLite::Database& connection);
/// The lane of deployments to the server: its own, or that of the server it is beside.
std::string lane_of_server(SQLite::Database& connection, std::int64_t id);
/// By name.
std::vector<Server> servers_for(SQLite::Database& connection, std::int64_t certificate_id);

/// Reads every server, removed ones too; `report` is told what is wrong with the ones that cannot be read.
void check_servers(SQLite::Database& connection, const std::function<void(const std::string&)>& report);

}  // namespace certmgr::store
