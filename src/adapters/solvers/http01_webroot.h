// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/ports/solver.h"

namespace certmgr::solvers {

/// Puts http-01 proofs where a running web server finds them: WEBROOT/.well-known/acme-challenge/TOKEN.
/// Below the webroot, which may belong to somebody else, it follows no symbolic links. The folders it
/// makes stay, as another run may be using them.
class Http01Webroot : public Solver {
 public:
  Result<void> check(const ChallengeSettings& settings) override;
  Result<Publication> publish(const Proof& proof, const ChallengeSettings& settings) override;
  Result<void> withdraw(const Proof& proof, const ChallengeSettings& settings,
                        ChallengeOutcome outcome) override;
};

}  // namespace certmgr::solvers
