// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/upkeep.h"

namespace certmgr::store {

class SqliteWatchStore final : public WatchStore {
 public:
  SqliteWatchStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  std::optional<Watch> watch(std::int64_t server_id) override;
  void save_watch(const Watch& watch, const std::optional<EventDraft>& event) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
