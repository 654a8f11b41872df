// SPDX-License-Identifier: MIT
#include "adapters/solvers/persist_solver.h"

#include "certmgr/domain/persist_record.h"

namespace certmgr::solvers {
namespace {

constexpr Duration kSoon = std::chrono::hours(24 * 14);

PersistQuestion question_of(const Proof& proof) {
  return {(proof.wildcard ? "*." : "") + proof.identifier.value, proof.issuer_names, proof.account_url};
}

bool usable(PersistState state) { return state == PersistState::good || state == PersistState::expires_soon; }

}  // namespace

Result<void> PersistSolver::check(const ChallengeSettings&) { return {}; }

Result<Publication> PersistSolver::publish(const Proof& proof, const ChallengeSettings&) {
  const std::string name = persist_name(proof.identifier.value);
  const auto chain = resolver_.cname_chain(name);
  if (!chain) return fail(chain.error());
  const auto answers = resolver_.txt_everywhere(chain->target());
  if (!answers) return fail(answers.error());
  PersistJudgement worst{PersistState::good, {}, {}};
  bool looked = false;
  for (const auto& server : answers->servers) {
    if (!server.answered) continue;
    const auto found = judge_persist(server.values, question_of(proof), clock_.now(), kSoon);
    if (!looked || !usable(found.state)) worst = found;
    looked = true;
  }
  if (looked && usable(worst.state)) return Publication{};
  return fail({.kind = TroubleKind::configuration,
               .code = "persist_record_missing",
               .what = "cannot prove control of " + proof.identifier.value + " by dns-persist-01",
               .why = looked ? "the record at " + name + " is " + std::string(to_string(worst.state))
                             : "no name server of " + name + " answers",
               .hint = "publish this TXT record at " + name + " and run the command again: " + worst.wanted,
               .detail = {},
               .retry_at = {}});
}

Result<void> PersistSolver::withdraw(const Proof&, const ChallengeSettings&) { return {}; }

}  // namespace certmgr::solvers
