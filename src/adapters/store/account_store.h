// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/store.h"

namespace certmgr::store {

class SqliteAccountStore final : public AccountStore {
 public:
  SqliteAccountStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  std::optional<Account> account_at(const AccountPlace& place) override;
  std::vector<Account> accounts() override;
  Account add_account(const Account& account, const SealedKey& key, const EventDraft& event) override;
  void change_account(const Account& account, const EventDraft& event, const std::string& used_kid) override;
  bool external_account_used(const std::string& directory_url, const std::string& kid) override;
  Account begin_key_change(const Account& account, const SealedKey& next, const std::vector<std::string>& cas,
                           const EventDraft& event) override;
  Account end_key_change(const Account& account, const std::string& key_id, const EventDraft& event) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
