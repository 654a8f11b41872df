// SPDX-License-Identifier: MIT
#include <algorithm>

#include "certmgr/domain/deployment_machine.h"
#include "domain/deployment_proof.h"
#include "domain/overloaded.h"

namespace certmgr {

bool proves_new(const Deployment& deployment, const std::string& expected) {
  return deployment.after.size() == deployment.before.size() &&
         std::all_of(deployment.after.begin(), deployment.after.end(),
                     [&](const Served& s) { return s.fingerprint == expected; });
}

bool proves_old(const Deployment& deployment) {
  for (const auto& old : deployment.before) {
    if (old.fingerprint.empty()) continue;  // nothing was presented there, so nothing can come back
    const bool back = std::any_of(deployment.after.begin(), deployment.after.end(), [&](const Served& s) {
      return s.target == old.target && s.fingerprint == old.fingerprint;
    });
    if (!back) return false;
  }
  return true;
}

DeployAction decide(const Deployment& deployment, const std::string& expected, Instant now) {
  if (is_final(deployment.state)) return DeployNothing{};
  if (deployment.wake_at > now) return DeploySleep{deployment.wake_at};
  return std::visit(overloaded{
                        [&](const Pending&) -> DeployAction {
                          if (!deployment.observed) return Observe{};
                          return PlaceFiles{};
                        },
                        [](const Staged& s) -> DeployAction {
                          if (!s.placed) return PlaceFiles{};
                          if (!s.checked) return CheckConfig{};
                          return ReloadServer{};
                        },
                        [&](const Reloaded&) -> DeployAction {
                          if (proves_new(deployment, expected)) return DropBackups{};
                          return ProbeServed{};
                        },
                        [&](const RollingBack& s) -> DeployAction {
                          if (!s.restored) return RestoreFiles{};
                          if (!s.reload_needed) return DropBackups{};
                          if (!s.reloaded_at) return ReloadServer{};
                          if (proves_old(deployment)) return DropBackups{};
                          return ProbeServed{};
                        },
                        [](const Verified&) -> DeployAction { return DeployNothing{}; },
                        [](const RolledBack&) -> DeployAction { return DeployNothing{}; },
                        [](const DeployFailed&) -> DeployAction { return DeployNothing{}; },
                    },
                    deployment.state);
}

Deployment before_action(Deployment deployment, const DeployAction& action, Instant now) {
  if (std::holds_alternative<PlaceFiles>(action) && std::holds_alternative<Pending>(deployment.state)) {
    deployment.state = Staged{};
    deployment.entered_at = now;
  }
  return deployment;
}

std::string describe(const DeployAction& action, const Deployment& deployment) {
  const bool back = std::holds_alternative<RollingBack>(deployment.state);
  return std::visit(
      overloaded{
          [](const Observe&) { return std::string("looking at what it serves now"); },
          [](const PlaceFiles&) { return std::string("putting the new files in place"); },
          [](const CheckConfig&) { return std::string("checking its configuration with the new files"); },
          [&](const ReloadServer&) {
            return std::string(back ? "reloading it with the old files" : "reloading it");
          },
          [&](const ProbeServed&) {
            return std::string(back ? "proving by TLS handshake that the old certificate is served again"
                                    : "proving by TLS handshake that the new certificate is served");
          },
          [](const RestoreFiles&) { return std::string("rolling back: putting the old files back"); },
          [](const DropBackups&) { return std::string("removing the kept old files"); },
          [](const DeploySleep& a) { return "waiting until " + to_rfc3339(a.at); },
          [](const DeployNothing&) { return std::string("nothing to do"); },
      },
      action);
}

}  // namespace certmgr
