// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/authorization_store.h"
#include "certmgr/ports/clock.h"

namespace certmgr::store {

class SqliteAuthorizationStore final : public AuthorizationStore {
 public:
  SqliteAuthorizationStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  std::optional<Preauthorization> newest(const std::string& ca, const Identifier& identifier) override;
  void save_authorization(const Preauthorization& authorization, const EventDraft& event) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
