// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace certmgr::wiring {

/// Where the hooks are: $CERTMGR_HOOKS_DIR, the source tree when the program runs from its build tree,
/// else the libexec folder beside the program or the one it was configured for.
std::string hooks_folder();

/// Where the files are made that a hook is shown: beside the store. But not for root when that folder is
/// another user's, who could lead root's writes astray with links: then in /var/lib/certmgr-deploy.
std::string hooks_state_folder(const std::string& store_path);

}  // namespace certmgr::wiring
