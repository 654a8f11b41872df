// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/store.h"

namespace certmgr::store {

class SqliteEventLog final : public EventLog {
 public:
  SqliteEventLog(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  void append(const EventDraft& event) override;
  std::vector<Event> events(const std::string& subject, int limit) override;
  std::vector<Event> events_after(std::int64_t seq, int limit) override;
  EventLogReport verify() override;
  std::int64_t last_seq() override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
