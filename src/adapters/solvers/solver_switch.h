// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "certmgr/ports/solver.h"

namespace certmgr::solvers {

/// Hands each proof to the solver its settings ask for: a webroot, or our own listener.
class SolverSwitch : public Solver {
 public:
  SolverSwitch(std::unique_ptr<Solver> listener, std::unique_ptr<Solver> webroot);

  Result<void> check(const ChallengeSettings& settings) override;
  Result<void> publish(const Proof& proof, const ChallengeSettings& settings,
                       const std::string& key_authorization) override;
  Result<void> withdraw(const Proof& proof, const ChallengeSettings& settings) override;

 private:
  Solver& choose(const ChallengeSettings& settings) const;

  std::unique_ptr<Solver> listener_;
  std::unique_ptr<Solver> webroot_;
};

}  // namespace certmgr::solvers
