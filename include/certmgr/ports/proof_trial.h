// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/preflight.h"

namespace certmgr {

/// Tries a way of proof without a CA. Thread-safe.
class ProofTrial {
 public:
  virtual ~ProofTrial() = default;
  struct Trial {
    std::optional<Trouble> unpublished{};  // nothing can be published this way
    std::vector<ProofFetch> fetched{};     // http-01 alone
  };
  /// What can be told of the settings without publishing anything.
  virtual Result<void> check(const ChallengeSettings& way) = 0;
  /// For a listener (http-01, tls-alpn-01) or a webroot: publishes a proof that nobody asked for, fetches it
  /// from these addresses of the name (http-01; with none, from this host itself) and takes it away again.
  /// For the others: check(). A port that another run of this program holds for a
  /// moment is no trouble. Blocks for a few seconds at most.
  virtual Trial try_out(const Identifier& identifier, const ChallengeSettings& way,
                        const std::vector<std::string>& addresses) = 0;
};

}  // namespace certmgr
