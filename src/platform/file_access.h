// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace certmgr::platform {

/// Whether this user may not read and write the file, or not even see it; false for one that is not there.
bool is_closed_to_us(const std::string& path);

}  // namespace certmgr::platform
