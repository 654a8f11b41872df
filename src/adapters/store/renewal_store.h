// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/upkeep.h"

namespace certmgr::store {

class SqliteRenewalStore final : public RenewalStore {
 public:
  SqliteRenewalStore(Database& database, Clock& clock);

  std::optional<Renewal> renewal(std::int64_t certificate_id) override;
  void save_renewal(const Save& save) override;

 private:
  Database& database_;
  Clock& clock_;
  const std::string owner_;  // of this process's leases
};

}  // namespace certmgr::store
