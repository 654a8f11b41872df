// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "adapters/acme/ca_settings.h"
#include "certmgr/ports/ca.h"
#include "certmgr/ports/ca_memory.h"
#include "certmgr/ports/clock.h"

namespace certmgr::acme {

class AcmeCa;

class AcmeConnector final : public CaConnector {
 public:
  AcmeConnector(KnownCas cas, Keyring& keyring, CaMemory& memory, Clock& clock);
  AcmeConnector(std::vector<CaSettings> cas, Keyring& keyring, CaMemory& memory, Clock& clock);

  [[nodiscard]] Result<std::string> directory_url(const std::string& ca) const override;
  [[nodiscard]] Result<AccountPlace> account_place(const std::string& ca) const override;
  [[nodiscard]] std::optional<CaConnector::ExternalAccount> external_account(
      const std::string& ca) const override;
  [[nodiscard]] std::vector<std::string> cas_at(const AccountPlace& place) const override;
  Result<std::shared_ptr<Ca>> connect(const std::string& ca, const SealedKey& account_key,
                                      const std::string& account_url) override;
  Result<void> change_key(const std::string& ca, const SealedKey& key, const SealedKey& next,
                          const std::string& account_url) override;

 private:
  Result<std::shared_ptr<AcmeCa>> open(const std::string& ca, const SealedKey& key,
                                       const std::string& account_url);

  KnownCas cas_;
  Keyring& keyring_;
  CaMemory& memory_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<AcmeCa>> open_;  // by CA and key
};

}  // namespace certmgr::acme
