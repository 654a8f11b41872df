// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/alarms.h"
#include "certmgr/ports/clock.h"

namespace certmgr::store {

class SqliteAlarmStore final : public AlarmStore {
 public:
  SqliteAlarmStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  bool raise(const AlarmDraft& draft, const std::vector<std::string>& channels) override;
  void remind(const AlarmDraft& draft, const std::vector<std::string>& channels) override;
  bool clear(AlarmKind kind, const std::string& subject) override;
  std::vector<Alarm> open_alarms() override;
  std::optional<Delivery> delivery(std::int64_t id) override;
  void delivered(std::int64_t id) override;
  void delivery_failed(std::int64_t id, const std::string& why, Instant again_at) override;
  void drop_delivery(std::int64_t id, const std::string& why) override;
  Pruned prune(Instant now, Duration keep, int limit) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
