// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/fleet_store.h"

namespace certmgr::store {

class SqliteFleetStore final : public FleetStore {
 public:
  SqliteFleetStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  Fleet present() override;
  std::vector<CaEntry> cas() override;
  void apply(const FleetPlan& plan, const Fleet& wanted, const Fleet& present) override;
  void remove_certificate(std::int64_t certificate_id) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
