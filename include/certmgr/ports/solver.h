// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/order.h"

namespace certmgr {

/// Publishes what a challenge asks for (RFC 8555 section 8). Thread-safe; both calls may be repeated.
class Solver {
 public:
  virtual ~Solver() = default;
  /// What can be told of the settings without publishing anything: a folder that exists, an address.
  virtual Result<void> check(const ChallengeSettings& settings) = 0;
  virtual Result<void> publish(const Proof& proof, const ChallengeSettings& settings,
                               const std::string& key_authorization) = 0;
  /// Also removes what an earlier, killed process left behind.
  virtual Result<void> withdraw(const Proof& proof, const ChallengeSettings& settings) = 0;
};

}  // namespace certmgr
