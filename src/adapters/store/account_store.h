// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/store.h"

namespace certmgr::store {

class SqliteAccountStore final : public AccountStore {
 public:
  SqliteAccountStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  std::optional<Account> account_for(const std::string& directory_url) override;
  std::vector<Account> accounts() override;
  Account add_account(const Account& account, const SealedKey& key, const EventDraft& event) override;
  void change_account(const Account& account, const EventDraft& event) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
