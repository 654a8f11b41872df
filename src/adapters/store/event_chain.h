// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "certmgr/domain/event.h"
#include "certmgr/ports/store.h"

namespace SQLite {
class Database;
}  // namespace SQLite

namespace certmgr::store {

/// Hex SHA-256 that chains one event to the one before (docs/store.md gives the exact octets). `data` is
/// the JSON text as stored.
std::string event_hash(const std::string& previous, const Event& event, const std::string& data);

/// Adds a line at the end and moves the recorded head. Call within the transaction that makes the change.
void append_event(SQLite::Database& connection, const EventDraft& draft, Instant at);

/// The same for many lines of one transaction. Nobody else may append before finish().
class EventBatch {
 public:
  explicit EventBatch(SQLite::Database& connection);
  EventBatch(const EventBatch&) = delete;
  EventBatch& operator=(const EventBatch&) = delete;
  void append(const EventDraft& draft, Instant at);
  /// Records the new head.
  void finish();

 private:
  SQLite::Database& connection_;
  std::int64_t seq_ = 0;
  std::string hash_;
};

/// Computes every hash anew, from the first line to the recorded head.
EventLogReport verify_chain(SQLite::Database& connection);

}  // namespace certmgr::store
