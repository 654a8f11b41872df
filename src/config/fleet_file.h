// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/fleet.h"

namespace certmgr::config {

/// Reads a fleet file (docs/fleet.md). Trouble only if it cannot be read at all.
Result<FleetDeclaration> load_fleet(const std::string& path);

/// The same from a text. Each entry that cannot be used gives one of `faults`, with its place.
FleetDeclaration parse_fleet(const std::string& text, const std::string& path);

}  // namespace certmgr::config
