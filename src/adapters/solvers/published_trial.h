// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "certmgr/ports/proof_trial.h"
#include "certmgr/ports/solver.h"

namespace certmgr::solvers {

/// The ProofTrial port: publishes through a solver, and fetches over plain HTTP like a CA.
class PublishedTrial final : public ProofTrial {
 public:
  /// `http_port`: where the CA fetches http-01 proofs.
  PublishedTrial(Solver& solver, std::uint16_t http_port) : solver_(solver), http_port_(http_port) {}
  Result<void> check(const ChallengeSettings& way) override { return solver_.check(way); }
  Trial try_out(const Identifier& identifier, const ChallengeSettings& way,
                const std::vector<std::string>& addresses) override;

 private:
  Solver& solver_;
  std::uint16_t http_port_;
};

}  // namespace certmgr::solvers
