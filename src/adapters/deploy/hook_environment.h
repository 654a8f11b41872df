// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/ports/server_control.h"

namespace certmgr::deploy {

/// Everything a hook finds in its environment, as "NAME=value", sorted by name.
std::vector<std::string> hook_environment(const HookCall& call, const std::string& lineage);

}  // namespace certmgr::deploy
