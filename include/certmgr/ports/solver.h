// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <span>
#include <string>

#include "certmgr/domain/order.h"
#include "certmgr/ports/hand_over.h"

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
  /// How proofs of one order are to come; what is wrong with the settings, `publish` says.
  [[nodiscard]] virtual HandOver hand_over(const ChallengeSettings&) const { return HandOver::each; }
  /// HandOver::together: all that are to be published; `publish` is called for each of them afterwards.
  virtual Result<void> place(std::span<const Proof>, const ChallengeSettings&) { return {}; }
  virtual Result<Publication> publish(const Proof& proof, const ChallengeSettings& settings) = 0;
  /// Also removes what an earlier, killed process left behind.
  virtual Result<void> withdraw(const Proof& proof, const ChallengeSettings& settings,
                                ChallengeOutcome outcome) = 0;
  /// HandOver::together: all that end like this.
  virtual Result<void> withdraw_together(std::span<const Proof> proofs, const ChallengeSettings& settings,
                                         ChallengeOutcome outcome) {
    Result<void> result;
    for (const auto& proof : proofs)
      if (auto withdrawn = withdraw(proof, settings, outcome); !withdrawn && result) result = withdrawn;
    return result;
  }
};

}  // namespace certmgr
