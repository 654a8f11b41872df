// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/store.h"

namespace certmgr::store {

class SqliteDeploymentStore final : public DeploymentStore {
 public:
  SqliteDeploymentStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  Deployment open_deployment(const Deployment& deployment, const EventDraft& event) override;
  std::optional<Deployment> deployment(std::int64_t id) override;
  Deployment save_deployment(const Deployment& deployment, const EventDraft& event) override;
  std::optional<Deployment> last_deployment(std::int64_t certificate_id, std::int64_t server_id) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
