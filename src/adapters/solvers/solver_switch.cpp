// SPDX-License-Identifier: MIT
#include "adapters/solvers/solver_switch.h"

#include <utility>

namespace certmgr::solvers {

SolverSwitch::SolverSwitch(std::unique_ptr<Solver> listener, std::unique_ptr<Solver> webroot)
    : listener_(std::move(listener)), webroot_(std::move(webroot)) {}

Solver& SolverSwitch::choose(const ChallengeSettings& settings) const {
  return settings.webroot.empty() ? *listener_ : *webroot_;
}

Result<void> SolverSwitch::check(const ChallengeSettings& settings) {
  return choose(settings).check(settings);
}

Result<void> SolverSwitch::publish(const Proof& proof, const ChallengeSettings& settings,
                                   const std::string& key_authorization) {
  return choose(settings).publish(proof, settings, key_authorization);
}

Result<void> SolverSwitch::withdraw(const Proof& proof, const ChallengeSettings& settings) {
  return choose(settings).withdraw(proof, settings);
}

}  // namespace certmgr::solvers
