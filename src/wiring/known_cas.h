// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "certmgr/domain/ca_entry.h"

namespace certmgr::wiring {

/// The CAs of the configuration, and those `apply` declared. What the configuration file says goes before
/// what was declared, and that before what is built in.
std::vector<CaEntry> known_cas(std::vector<CaEntry> configured, const std::vector<CaEntry>& declared);

}  // namespace certmgr::wiring
