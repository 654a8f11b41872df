// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>

#include "certmgr/ports/solver.h"

namespace certmgr::solvers {

/// Hands each proof to the solver its settings ask for.
class SolverSwitch : public Solver {
 public:
  /// `webroot` answers http-01 where the settings name one, else the solver of the type.
  SolverSwitch(std::map<ChallengeType, std::shared_ptr<Solver>> solvers, std::unique_ptr<Solver> webroot);

  Result<void> check(const ChallengeSettings& settings) override;
  Result<std::string> locate(const Proof& proof, const ChallengeSettings& settings) override;
  [[nodiscard]] HandOver hand_over(const ChallengeSettings& settings) const override;
  Result<void> place(std::span<const Proof> proofs, const ChallengeSettings& settings) override;
  Result<Publication> publish(const Proof& proof, const ChallengeSettings& settings) override;
  Result<void> withdraw(const Proof& proof, const ChallengeSettings& settings,
                        ChallengeOutcome outcome) override;
  Result<void> withdraw_together(std::span<const Proof> proofs, const ChallengeSettings& settings,
                                 ChallengeOutcome outcome) override;

 private:
  [[nodiscard]] Result<Solver*> choose(const ChallengeSettings& settings) const;

  std::map<ChallengeType, std::shared_ptr<Solver>> solvers_;
  std::unique_ptr<Solver> webroot_;
};

}  // namespace certmgr::solvers
