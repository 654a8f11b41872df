// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/trouble.h"

namespace certmgr::deploy {

/// May this file be run as a hook? It runs with our rights, so nobody but root and the user we run as
/// may be able to change it. Trouble "hook_missing", "hook_not_executable" or "hook_unsafe" otherwise.
Result<void> check_hook_file(const std::string& path);

}  // namespace certmgr::deploy
