// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

#include "certmgr/domain/order.h"

namespace certmgr {

/// What came of publishing a proof.
struct Publication {
  std::string missing{};                         // where it cannot be seen yet; empty: to be seen everywhere
  Duration again = std::chrono::seconds(2);      // when to look again
  Duration patience = std::chrono::minutes(10);  // how long that may take
  std::string warning{};                         // what a person should see to, though it works now
};

/// Publishes what a challenge asks for (RFC 8555 section 8). Thread-safe; both calls may be repeated.
class Solver {
 public:
  virtual ~Solver() = default;
  /// What can be told of the settings without publishing anything: a folder that exists, an address.
  virtual Result<void> check(const ChallengeSettings& settings) = 0;
  /// Where the proof would go (Proof::target), before it is published; empty: there is but one place.
  virtual Result<std::string> locate(const Proof&, const ChallengeSettings&) { return std::string(); }
  virtual Result<Publication> publish(const Proof& proof, const ChallengeSettings& settings) = 0;
  /// Also removes what an earlier, killed process left behind.
  virtual Result<void> withdraw(const Proof& proof, const ChallengeSettings& settings,
                                ChallengeOutcome outcome) = 0;
};

}  // namespace certmgr
