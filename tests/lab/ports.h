// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace certmgr::lab {

/// A TCP port nobody uses on 127.0.0.1 and ::1, below the range the kernel picks client ports from.
/// It is ours until the test program ends: test programs that run at the same time get others.
int free_port();

/// Whether somebody accepts connections there right now.
bool port_accepts(const std::string& address, int port);

}  // namespace certmgr::lab
