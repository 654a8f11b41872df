// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapters/acme/ca_settings.h"
#include "certmgr/ports/ca_scout.h"
#include "certmgr/ports/clock.h"

namespace certmgr::acme {

/// The CaScout port: one GET, no account, no nonce. It reads the directory as everybody else does (one
/// DirectoryReader), but remembers nothing and waits for no longer than a person would.
class DirectoryScout final : public CaScout {
 public:
  /// Asked for each look: CAs may be declared while this lives.
  DirectoryScout(KnownCas cas, Clock& clock) : cas_(std::move(cas)), clock_(clock) {}
  Result<CaSighting> look(const std::string& ca) override;

 private:
  KnownCas cas_;
  Clock& clock_;
};

}  // namespace certmgr::acme
