// SPDX-License-Identifier: MIT
#include "adapters/store/event_log.h"

#include <SQLiteCpp/Transaction.h>

#include "adapters/store/event_chain.h"
#include "adapters/store/sql.h"

namespace certmgr::store {
namespace {

constexpr const char* kSelect = "SELECT seq, at, kind, subject, data, hash FROM events ";

Event read_event(SQLite::Statement& row) {
  Event event;
  event.seq = row.getColumn(0).getInt64();
  event.at = instant(row.getColumn(1).getInt64());
  event.draft.kind = row.getColumn(2).getString();
  event.draft.subject = row.getColumn(3).getString();
  decode_row("event " + std::to_string(event.seq), [&] {
    event.draft.data = json::parse(row.getColumn(4).getString()).get<std::map<std::string, std::string>>();
  });
  event.hash = row.getColumn(5).getString();
  return event;
}

}  // namespace

void SqliteEventLog::append(const EventDraft& event) {
  database_.write("write to the event log",
                  [&](SQLite::Database& connection) { append_event(connection, event, clock_.now()); });
}

std::vector<Event> SqliteEventLog::events(const std::string& subject, int limit) {
  return database_.read("read the event log", [&](SQLite::Database& connection) {
    if (subject.empty()) {
      return all(query(connection, std::string(kSelect) + "ORDER BY seq DESC LIMIT ?", limit), read_event);
    }
    return all(query(connection, std::string(kSelect) + "WHERE subject = ? ORDER BY seq DESC LIMIT ?",
                     subject, limit),
               read_event);
  });
}

std::vector<Event> SqliteEventLog::events_after(std::int64_t seq, int limit) {
  return database_.read("read the event log", [&](SQLite::Database& connection) {
    return all(query(connection, std::string(kSelect) + "WHERE seq > ? ORDER BY seq LIMIT ?", seq, limit),
               read_event);
  });
}

EventLogReport SqliteEventLog::verify() {
  return database_.read("verify the event log", [](SQLite::Database& connection) {
    // One snapshot: what others write meanwhile must not look like damage.
    const SQLite::Transaction snapshot(connection);
    return verify_chain(connection);
  });
}

std::int64_t SqliteEventLog::last_seq() {
  return database_.read("read the end of the event log", [](SQLite::Database& connection) {
    return connection.execAndGet("SELECT coalesce(max(seq), 0) FROM events").getInt64();
  });
}

}  // namespace certmgr::store
