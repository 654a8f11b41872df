// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace certmgr::wiring {

/// Where the hooks are: $CERTMGR_HOOKS_DIR, the source tree when the program runs from its build tree,
/// else the libexec folder beside the program or the one it was configured for.
std::string hooks_folder();

}  // namespace certmgr::wiring
