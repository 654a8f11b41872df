// SPDX-License-Identifier: MIT
#include "adapters/store/server_rows.h"

#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"

namespace certmgr::store {
namespace {

constexpr const char* kSelect = "SELECT servers.id, servers.name, servers.payload FROM servers ";

Server read_server(SQLite::Statement& row) {
  Server server;
  server.id = row.getColumn(0).getInt64();
  server.name = row.getColumn(1).getString();
  decode_row("server " + server.name, [&] { decode_server(row.getColumn(2).getString(), server); });
  return server;
}

}  // namespace

std::optional<Server> find_server_row(SQLite::Database& connection, std::int64_t id) {
  return first(query(connection, std::string(kSelect) + "WHERE id = ? AND removed_at IS NULL", id),
               read_server);
}

std::optional<Server> find_server_row(SQLite::Database& connection, const std::string& name) {
  return first(query(connection, std::string(kSelect) + "WHERE name = ? AND removed_at IS NULL", name),
               read_server);
}

std::vector<Server> all_servers(SQLite::Database& connection) {
  return all(query(connection, std::string(kSelect) + "WHERE removed_at IS NULL ORDER BY name"), read_server);
}

std::string lane_of_server(SQLite::Database& connection, std::int64_t id) {
  const auto server = find_server_row(connection, id);
  const auto other = server && !server->beside.empty() ? find_server_row(connection, server->beside)
                                                       : std::optional<Server>();
  return lane_of("server", other ? other->id : id);
}

std::vector<Server> servers_for(SQLite::Database& connection, std::int64_t certificate_id) {
  return all(
      query(connection,
            std::string(kSelect) +
                "JOIN certificate_servers ON certificate_servers.server_id = servers.id"
                " WHERE certificate_servers.certificate_id = ? AND removed_at IS NULL ORDER BY servers.name",
            certificate_id),
      read_server);
}

void check_servers(SQLite::Database& connection, const std::function<void(const std::string&)>& report) {
  check_rows(query(connection, std::string(kSelect) + "ORDER BY id"), read_server, report);
}

}  // namespace certmgr::store
