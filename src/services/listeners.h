// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "certmgr/ports/server_control.h"

namespace certmgr {

/// One look at every listener of the server: what each presents to a client that asks for a name of the
/// certificate.
std::vector<Served> look_at_listeners(const Server& server, const std::vector<Identifier>& identifiers,
                                      TlsProber& prober);

}  // namespace certmgr
