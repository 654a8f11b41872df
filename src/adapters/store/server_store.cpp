// SPDX-License-Identifier: MIT
#include "adapters/store/server_store.h"

#include "adapters/store/alarm_rows.h"
#include "adapters/store/event_chain.h"
#include "adapters/store/server_rows.h"
#include "adapters/store/sql.h"
#include "adapters/store/watch_rows.h"

namespace certmgr::store {
namespace {

[[noreturn]] void name_taken(const std::string& name) {
  Trouble trouble =
      store_trouble("server_exists", "cannot add server " + name, "there is one of this name",
                    "change it with \"certmgr server set " + name + "\", or choose another name");
  trouble.kind = TroubleKind::usage;
  throw Failure(std::move(trouble));
}

}  // namespace

std::optional<Server> SqliteServerStore::find_server(const std::string& name) {
  return database_.read("read server " + name,
                        [&](SQLite::Database& connection) { return find_server_row(connection, name); });
}

std::optional<Server> SqliteServerStore::server(std::int64_t id) {
  return database_.read("read server " + std::to_string(id),
                        [&](SQLite::Database& connection) { return find_server_row(connection, id); });
}

std::vector<Server> SqliteServerStore::servers() {
  return database_.read("list the servers",
                        [&](SQLite::Database& connection) { return all_servers(connection); });
}

Server SqliteServerStore::add_server(const Server& server, const EventDraft& event) {
  return database_.write("add server " + server.name, [&](SQLite::Database& connection) {
    if (find_server_row(connection, server.name)) name_taken(server.name);
    const Instant now = clock_.now();
    execute(connection, "INSERT INTO servers (name, payload, created_at) VALUES (?, ?, ?)", server.name,
            encode_server(server), now);
    Server added = server;
    added.id = connection.getLastInsertRowid();
    append_event(connection, event, now);
    return added;
  });
}

void SqliteServerStore::change_server(const Server& server, const EventDraft& event) {
  database_.write("change server " + server.name, [&](SQLite::Database& connection) {
    const auto namesake = find_server_row(connection, server.name);
    if (namesake && namesake->id != server.id) name_taken(server.name);
    if (execute(connection, "UPDATE servers SET name = ?, payload = ? WHERE id = ? AND removed_at IS NULL",
                server.name, encode_server(server), server.id) == 0) {
      throw Failure(conflict("server " + server.name, "it was removed meanwhile"));
    }
    append_event(connection, event, clock_.now());
  });
}

void SqliteServerStore::remove_server(std::int64_t id, const EventDraft& event) {
  const std::string row = "server " + std::to_string(id);
  database_.write("remove " + row, [&](SQLite::Database& connection) {
    const Instant now = clock_.now();
    if (execute(connection, "UPDATE servers SET removed_at = ? WHERE id = ? AND removed_at IS NULL", now,
                id) == 0) {
      throw Failure(conflict(row, "it was removed meanwhile"));
    }
    execute(connection, "DELETE FROM certificate_servers WHERE server_id = ?", id);
    end_watch(connection, id);
    end_alarms_of_server(connection, event.subject, now);
    append_event(connection, event, now);
  });
}

}  // namespace certmgr::store
