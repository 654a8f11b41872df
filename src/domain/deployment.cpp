// SPDX-License-Identifier: MIT
#include "certmgr/domain/deployment.h"

#include "domain/overloaded.h"

namespace certmgr {

std::string_view name_of(const DeploymentState& state) {
  return std::visit(overloaded{[](const Pending&) { return std::string_view("pending"); },
                               [](const Staged&) { return std::string_view("staged"); },
                               [](const Reloaded&) { return std::string_view("reloaded"); },
                               [](const Verified&) { return std::string_view("verified"); },
                               [](const RollingBack&) { return std::string_view("rolling_back"); },
                               [](const RolledBack&) { return std::string_view("rolled_back"); },
                               [](const DeployFailed&) { return std::string_view("failed"); }},
                    state);
}

bool is_final(const DeploymentState& state) {
  return std::holds_alternative<Verified>(state) || std::holds_alternative<RolledBack>(state) ||
         std::holds_alternative<DeployFailed>(state);
}

}  // namespace certmgr
