// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "adapters/store/sealed_keyring.h"
#include "certmgr/ports/store.h"

namespace certmgr::store {

class SqliteStoreInspector final : public StoreInspector {
 public:
  SqliteStoreInspector(Database& database, const SealedKeyring& keyring)
      : database_(database), keyring_(keyring) {}

  StoreHealth check() override;
  [[nodiscard]] std::optional<Trouble> lost() const override { return database_.lost(); }

 private:
  Database& database_;
  const SealedKeyring& keyring_;
};

}  // namespace certmgr::store
