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

class AcmeConnector final : public CaConnector {
 public:
  /// Asked each time a name is looked up: CAs may be declared while this lives.
  using KnownCas = std::function<std::vector<CaSettings>()>;
  AcmeConnector(KnownCas cas, Keyring& keyring, CaMemory& memory, Clock& clock);
  AcmeConnector(std::vector<CaSettings> cas, Keyring& keyring, CaMemory& memory, Clock& clock);

  [[nodiscard]] Result<std::string> directory_url(const std::string& ca) const override;
  Result<std::shared_ptr<Ca>> connect(const std::string& ca, const SealedKey& account_key,
                                      const std::string& account_url) override;

 private:
  [[nodiscard]] Result<CaSettings> settings_of(const std::string& ca) const;

  KnownCas cas_;
  Keyring& keyring_;
  CaMemory& memory_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<Ca>> open_;  // by CA and key
};

}  // namespace certmgr::acme
