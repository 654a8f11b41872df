// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/acme/ca_settings.h"
#include "certmgr/ports/ca_memory.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/renewal_info.h"

namespace certmgr::acme {

/// The PublicCa port over plain GET requests: no account key is ever near it.
class PublicAcme final : public PublicCa {
 public:
  /// `cas` is asked when a name is looked up for the first time.
  PublicAcme(KnownCas cas, CaMemory& memory, Clock& clock);
  ~PublicAcme() override;

  Result<CaMeta> meta(const std::string& ca) override;
  Result<std::optional<CaReply<RenewalInfo>>> renewal_info(const std::string& ca,
                                                           const std::string& chain_pem) override;

 private:
  struct Connection;
  Result<std::shared_ptr<Connection>> connection(const std::string& ca);

  KnownCas cas_;
  CaMemory& memory_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Connection>> open_;  // by CA; guarded by mutex_
};

}  // namespace certmgr::acme
