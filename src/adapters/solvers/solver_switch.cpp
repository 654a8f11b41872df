// SPDX-License-Identifier: MIT
#include "adapters/solvers/solver_switch.h"

#include <utility>

namespace certmgr::solvers {

SolverSwitch::SolverSwitch(std::map<ChallengeType, std::shared_ptr<Solver>> solvers,
                           std::unique_ptr<Solver> webroot)
    : solvers_(std::move(solvers)), webroot_(std::move(webroot)) {}

Result<Solver*> SolverSwitch::choose(const ChallengeSettings& settings) const {
  if (settings.type == ChallengeType::http_01 && !settings.webroot.empty()) return webroot_.get();
  if (const auto found = solvers_.find(settings.type); found != solvers_.end()) return found->second.get();
  return fail({.kind = TroubleKind::configuration,
               .code = "unknown_challenge",
               .what = "cannot prove control by " + std::string(to_string(settings.type)),
               .why = "this program was built without it",
               .hint = "use another challenge type",
               .detail = {},
               .retry_at = {}});
}

Result<void> SolverSwitch::check(const ChallengeSettings& settings) {
  const auto solver = choose(settings);
  return solver ? (*solver)->check(settings) : fail(solver.error());
}

Result<std::string> SolverSwitch::locate(const Proof& proof, const ChallengeSettings& settings) {
  const auto solver = choose(settings);
  return solver ? (*solver)->locate(proof, settings) : fail(solver.error());
}

HandOver SolverSwitch::hand_over(const ChallengeSettings& settings) const {
  const auto solver = choose(settings);
  return solver ? (*solver)->hand_over(settings) : HandOver::each;
}

Result<void> SolverSwitch::place(std::span<const Proof> proofs, const ChallengeSettings& settings) {
  const auto solver = choose(settings);
  return solver ? (*solver)->place(proofs, settings) : fail(solver.error());
}

Result<Publication> SolverSwitch::publish(const Proof& proof, const ChallengeSettings& settings) {
  const auto solver = choose(settings);
  return solver ? (*solver)->publish(proof, settings) : fail(solver.error());
}

Result<void> SolverSwitch::withdraw(const Proof& proof, const ChallengeSettings& settings,
                                    ChallengeOutcome outcome) {
  const auto solver = choose(settings);
  return solver ? (*solver)->withdraw(proof, settings, outcome) : fail(solver.error());
}

Result<void> SolverSwitch::withdraw_together(std::span<const Proof> proofs, const ChallengeSettings& settings,
                                             ChallengeOutcome outcome) {
  const auto solver = choose(settings);
  return solver ? (*solver)->withdraw_together(proofs, settings, outcome) : fail(solver.error());
}

}  // namespace certmgr::solvers
