// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/upkeep.h"

namespace certmgr::store {

class SqliteRevocationStore final : public RevocationStore {
 public:
  SqliteRevocationStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  std::optional<Revocation> revocation(std::int64_t version_id) override;
  void save_revocation(const Revocation& revocation, const EventDraft& event) override;
  void check_again(std::int64_t certificate_id, Instant at) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
