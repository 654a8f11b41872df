// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/solvers/listeners.h"
#include "adapters/solvers/responder.h"
#include "certmgr/ports/solver.h"

namespace certmgr::solvers {

/// http-01 (RFC 8555 section 8.3) with a listener of our own, which is open only while a token is pending; or
/// with one that systemd opened.
class Http01Listener : public Solver {
 public:
  Result<void> check(const ChallengeSettings& settings) override;
  Result<Publication> publish(const Proof& proof, const ChallengeSettings& settings) override;
  Result<void> withdraw(const Proof& proof, const ChallengeSettings& settings,
                        ChallengeOutcome outcome) override;

 private:
  Listeners<Responder> listeners_{"http-01", "for the http-01 challenge"};
};

}  // namespace certmgr::solvers
