// SPDX-License-Identifier: MIT
#include "adapters/solvers/persist_solver.h"

#include "certmgr/domain/persist_record.h"

namespace certmgr::solvers {
namespace {

constexpr Duration kSoon = std::chrono::hours(24 * 14);

PersistQuestion question_of(const Proof& proof) {
  return {(proof.wildcard ? "*." : "") + proof.identifier.value, proof.issuer_names, proof.account_uris};
}

bool usable(PersistState state) { return state == PersistState::good || state == PersistState::expires_soon; }

std::string why_not(PersistState state, const std::string& name) {
  switch (state) {
    case PersistState::missing:
      return "there is no record for this CA at " + name;
    case PersistState::other_account:
      return "the record at " + name + " names another account, or an earlier key of this one";
    case PersistState::no_wildcard:
      return "the record at " + name + " is not for wildcards";
    case PersistState::expired:
      return "the record at " + name + " has ended (persistUntil)";
    case PersistState::good:
    case PersistState::expires_soon:
      break;
  }
  return {};
}

std::string warning_of(const PersistJudgement& found, const std::string& name) {
  if (found.state != PersistState::expires_soon || !found.until) return {};
  return "the record at " + name + " ends at " + to_rfc3339(*found.until) +
         "; publish one that lasts longer, or for good: " + found.wanted;
}

tl::unexpected<Trouble> account_unknown(const Proof& proof) {
  return fail({.kind = TroubleKind::configuration,
               .code = "persist_account_unknown",
               .what = "cannot prove control of " + proof.identifier.value + " by dns-persist-01",
               .why = "the CA's directory names no accountHashPrefix, which draft 02 needs",
               .hint = "take dns_persist_draft = \"02\" out of the CA's table, or use another way of proof",
               .detail = {},
               .retry_at = {}});
}

}  // namespace

Result<void> PersistSolver::check(const ChallengeSettings&) { return {}; }

Result<Publication> PersistSolver::publish(const Proof& proof, const ChallengeSettings&) {
  const std::string name = persist_name(proof.identifier.value);
  if (proof.account_uris.empty()) return account_unknown(proof);
  const auto chain = resolver_.cname_chain(name);
  if (!chain) return fail(chain.error());
  const auto answers = resolver_.txt_everywhere(chain->target());
  if (!answers) return fail(answers.error());
  PersistJudgement worst{PersistState::good, {}, {}};
  bool looked = false;
  for (const auto& server : answers->servers) {
    if (!server.answered) continue;
    const auto found = judge_persist(server.values, question_of(proof), clock_.now(), kSoon);
    if (!looked || found.state > worst.state) worst = found;  // declared from the best to the worst
    looked = true;
  }
  if (looked && usable(worst.state)) {
    Publication there;
    there.warning = warning_of(worst, name);
    return there;
  }
  return fail({.kind = TroubleKind::configuration,
               .code = "persist_record_missing",
               .what = "cannot prove control of " + proof.identifier.value + " by dns-persist-01",
               .why = looked ? why_not(worst.state, name) : "no name server of " + name + " answers",
               .hint = "publish this TXT record at " + name + " and run the command again: " + worst.wanted,
               .detail = {},
               .retry_at = {}});
}

Result<void> PersistSolver::withdraw(const Proof&, const ChallengeSettings&, ChallengeOutcome) { return {}; }

}  // namespace certmgr::solvers
