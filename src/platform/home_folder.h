// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace certmgr::platform {

/// Of the user we run as, from the user database: what $HOME says is somebody else's word. "/" if there is
/// none.
std::string home_folder();

}  // namespace certmgr::platform
