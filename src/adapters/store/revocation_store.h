// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/upkeep.h"

namespace certmgr::store {

class SqliteRevocationStore final : public RevocationStore {
 public:
  SqliteRevocationStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  void request_revocation(const RevocationRequest& request, bool key_compromised,
                          const EventDraft& event) override;
  std::optional<RevocationRequest> requested(std::int64_t version_id) override;
  void drop_request(std::int64_t version_id, const EventDraft& event) override;
  std::optional<Revocation> revocation(std::int64_t version_id) override;
  void save_revocation(const Revocation& revocation, const EventDraft& event) override;
  void check_again(std::int64_t certificate_id, Instant at) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
