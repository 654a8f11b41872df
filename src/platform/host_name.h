// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace certmgr::platform {

/// The name people know this machine by; "localhost" if it has none.
std::string host_name();

}  // namespace certmgr::platform
