// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/ports/clock.h"
#include "certmgr/ports/resolver.h"
#include "certmgr/ports/solver.h"

namespace certmgr::solvers {

/// dns-persist-01: a record that a person publishes once. It is looked at before the CA is asked to, and
/// never written or removed. How it names the account, which is where the drafts differ, is the proof's
/// matter.
class PersistSolver : public Solver {
 public:
  PersistSolver(Resolver& resolver, Clock& clock) : resolver_(resolver), clock_(clock) {}

  Result<void> check(const ChallengeSettings& settings) override;
  Result<Publication> publish(const Proof& proof, const ChallengeSettings& settings) override;
  Result<void> withdraw(const Proof& proof, const ChallengeSettings& settings,
                        ChallengeOutcome outcome) override;

 private:
  Resolver& resolver_;
  Clock& clock_;
};

}  // namespace certmgr::solvers
