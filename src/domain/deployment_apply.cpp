// SPDX-License-Identifier: MIT
#include <algorithm>

#include "certmgr/domain/deployment_machine.h"
#include "domain/deployment_proof.h"
#include "domain/overloaded.h"

namespace certmgr {
namespace {

constexpr std::size_t kOutputKept = std::size_t{64} * 1024;

Deployment enter(Deployment deployment, DeploymentState state, Instant now) {
  deployment.state = std::move(state);
  deployment.entered_at = now;
  deployment.wake_at = now;
  deployment.attempts = 0;
  return deployment;
}

void keep_output(Deployment& deployment, const std::string& output) {
  deployment.hook_output += output;
  if (deployment.hook_output.size() > kOutputKept)
    deployment.hook_output.erase(0, deployment.hook_output.size() - kOutputKept);
}

Deployment roll_back(Deployment deployment, Trouble cause, bool reload_needed, Instant now) {
  deployment.after.clear();
  return enter(std::move(deployment), RollingBack{std::move(cause), reload_needed, false, std::nullopt}, now);
}

Trouble not_proven(const std::vector<Served>& served, const std::string& expected, Duration limit) {
  Trouble trouble{.kind = TroubleKind::permanent, .code = "verify_failed"};
  trouble.what = "the new certificate is not served";
  for (const auto& s : served) {
    if (s.fingerprint == expected) continue;
    trouble.why += (trouble.why.empty() ? "" : "; ") + s.target + " " +
                   (s.fingerprint.empty() ? s.trouble
                                          : "still presents " + s.subject + " issued by " + s.issuer + " (" +
                                                s.fingerprint.substr(0, 16) + "...)");
  }
  trouble.why += " " + humanize(limit) + " after the reload";
  trouble.hint =
      "see that the server reads exactly the registered files and that the verify address is its own; "
      "'certmgr server test' shows what each listener presents";
  return trouble;
}

/// The cause stays in front; what went wrong on the way back follows.
Trouble worse(Trouble cause, const Trouble& also) {
  cause.why += also.message() == cause.message() ? "; going back failed in the same way"
                                                 : "; going back failed too: " + also.message();
  cause.hint = "look at the server now: it may serve neither the old nor the new certificate. " + cause.hint;
  return cause;
}

Deployment observed(Deployment deployment, const Observed& outcome, const std::string& expected,
                    Instant now) {
  deployment.observed = true;
  deployment.before = outcome.served;
  if (!outcome.files_current) return deployment;
  const bool served_all = std::all_of(outcome.served.begin(), outcome.served.end(),
                                      [&](const Served& s) { return s.fingerprint == expected; });
  const bool can_tell = !outcome.served.empty() || deployment.reason != "manual";
  if (served_all && can_tell) {
    deployment.after = outcome.served;
    return enter(std::move(deployment), Verified{now}, now);
  }
  return deployment;
}

Deployment probe_again(Deployment deployment, Instant now, const DeployLimits& limits) {
  ++deployment.attempts;
  const int doublings = std::min(deployment.attempts - 1, 3);
  deployment.wake_at = now + limits.probe_pause * (1 << doublings);
  return deployment;
}

Deployment probed(Deployment deployment, const Observed& outcome, const std::string& expected, Instant now,
                  const DeployLimits& limits) {
  deployment.after = outcome.served;
  if (const auto* reloaded = std::get_if<Reloaded>(&deployment.state)) {
    if (proves_new(deployment, expected)) return deployment;
    if (now - reloaded->since < limits.verify) return probe_again(std::move(deployment), now, limits);
    Trouble cause = not_proven(deployment.after, expected, limits.verify);
    return roll_back(std::move(deployment), std::move(cause), true, now);
  }
  const auto& back = std::get<RollingBack>(deployment.state);
  if (proves_old(deployment)) return deployment;
  if (now - back.reloaded_at.value_or(now) < limits.verify)
    return probe_again(std::move(deployment), now, limits);
  Trouble cause = worse(back.cause, {.what = "the old certificate is not presented again"});
  return enter(std::move(deployment), DeployFailed{std::move(cause)}, now);
}

Trouble always_busy(const DeployLimits& limits) {
  return {.kind = TroubleKind::permanent,
          .code = "hook_not_now",
          .what = "the server's hook kept answering 'not now' (exit 75)",
          .why = std::to_string(limits.not_now_tries) + " tries in a row",
          .hint = "run 'certmgr deploy' again when the server can be reloaded"};
}

Deployment hook_busy(Deployment deployment, Instant now, const DeployLimits& limits) {
  if (++deployment.attempts < limits.not_now_tries) {
    deployment.wake_at = now + std::chrono::seconds(1) * (1 << deployment.attempts);
    return deployment;
  }
  if (const auto* back = std::get_if<RollingBack>(&deployment.state)) {
    Trouble cause = worse(back->cause, always_busy(limits));
    return enter(std::move(deployment), DeployFailed{std::move(cause)}, now);
  }
  return roll_back(std::move(deployment), always_busy(limits), false, now);
}

Deployment hook_done(Deployment deployment, const HookDone& outcome, Instant now,
                     const DeployLimits& limits) {
  keep_output(deployment, outcome.output);
  if (outcome.not_now) return hook_busy(std::move(deployment), now, limits);
  deployment.attempts = 0;
  deployment.wake_at = now;
  if (auto* back = std::get_if<RollingBack>(&deployment.state)) {
    back->reloaded_at = now;
    return deployment;
  }
  auto& staged = std::get<Staged>(deployment.state);
  if (!staged.checked) {
    staged.checked = true;
    return deployment;
  }
  deployment.after.clear();
  return enter(std::move(deployment), Reloaded{now}, now);
}

Deployment backups_dropped(Deployment deployment, Instant now) {
  if (const auto* back = std::get_if<RollingBack>(&deployment.state)) {
    Trouble cause = back->cause;
    return enter(std::move(deployment), RolledBack{std::move(cause)}, now);
  }
  return enter(std::move(deployment), Verified{now}, now);
}

Deployment troubled(Deployment deployment, const DeployTroubled& outcome, const std::string& expected,
                    Instant now) {
  keep_output(deployment, outcome.output);
  if (const auto* staged = std::get_if<Staged>(&deployment.state)) {
    const bool server_may_have_read = staged->placed && staged->checked;
    return roll_back(std::move(deployment), outcome.trouble, server_may_have_read, now);
  }
  if (const auto* back = std::get_if<RollingBack>(&deployment.state)) {
    Trouble cause = worse(back->cause, outcome.trouble);
    return enter(std::move(deployment), DeployFailed{std::move(cause)}, now);
  }
  if (std::holds_alternative<Reloaded>(deployment.state)) {
    if (!proves_new(deployment, expected))
      return roll_back(std::move(deployment), outcome.trouble, true, now);
    // The proof stands; only the kept old files could not be removed.
    keep_output(deployment, outcome.trouble.message() + "\n");
    return enter(std::move(deployment), Verified{now}, now);
  }
  return enter(std::move(deployment), RolledBack{outcome.trouble}, now);
}

Deployment misfit(Deployment deployment, Instant now) {
  Trouble bug{.kind = TroubleKind::permanent,
              .code = "bug",
              .what = "deployment " + std::to_string(deployment.id) + " cannot go on",
              .why = "an outcome does not fit state '" + std::string(name_of(deployment.state)) + "'",
              .hint = "this is a defect of certmgr: please report it, then run 'certmgr deploy' again"};
  return enter(std::move(deployment), DeployFailed{std::move(bug)}, now);
}

}  // namespace

Deployment apply(Deployment deployment, const DeployOutcome& outcome, const std::string& expected,
                 Instant now, const DeployLimits& limits) {
  const bool pending = std::holds_alternative<Pending>(deployment.state);
  const bool staged = std::holds_alternative<Staged>(deployment.state);
  const bool reloaded = std::holds_alternative<Reloaded>(deployment.state);
  const bool back = std::holds_alternative<RollingBack>(deployment.state);
  if (is_final(deployment.state)) return deployment;
  return std::visit(
      overloaded{
          [&](const Observed& o) {
            if (pending) return observed(std::move(deployment), o, expected, now);
            if (reloaded || back) return probed(std::move(deployment), o, expected, now, limits);
            return misfit(std::move(deployment), now);
          },
          [&](const FilesPlaced&) {
            if (!staged) return misfit(std::move(deployment), now);
            std::get<Staged>(deployment.state).placed = true;
            return std::move(deployment);
          },
          [&](const HookDone& o) {
            if (!staged && !back) return misfit(std::move(deployment), now);
            return hook_done(std::move(deployment), o, now, limits);
          },
          [&](const FilesRestored&) {
            if (!back) return misfit(std::move(deployment), now);
            std::get<RollingBack>(deployment.state).restored = true;
            return std::move(deployment);
          },
          [&](const BackupsDropped&) {
            if (!reloaded && !back) return misfit(std::move(deployment), now);
            return backups_dropped(std::move(deployment), now);
          },
          [&](const DeployTroubled& o) { return troubled(std::move(deployment), o, expected, now); },
      },
      outcome);
}

}  // namespace certmgr
