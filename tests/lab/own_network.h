// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace certmgr::lab {

/// From now on this thread and what it starts have a network of their own: nothing but loopback, all ports
/// free, those below 1024 too, and names are asked of whoever answers at 127.0.0.1:53. For servers whose
/// ports and resolver cannot be chosen. Says why where it cannot be had: it takes root and the right to
/// mount. Once for a whole program, before it starts a thread.
std::string enter_own_network();

}  // namespace certmgr::lab
