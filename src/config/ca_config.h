// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/ca_entry.h"
#include "config/table_reader.h"

namespace certmgr::config {

/// Reads [ca.NAME] of the table [ca]: its entry, and one for each of [ca.NAME.ov] and [ca.NAME.ev]. What it
/// does not say is as in the entry of this name in `known` (the built-in ones), if there is one. Throws
/// Failure like TableReader.
std::vector<CaEntry> read_ca(const toml::table& cas, const std::string& name, const Source& source,
                             const std::vector<CaEntry>& known);

}  // namespace certmgr::config
