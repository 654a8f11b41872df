// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/ca_entry.h"
#include "config/table_reader.h"

namespace certmgr::config {

/// Reads [ca.NAME]. What it does not say is as in the entry of this name in `known` (the built-in ones),
/// if there is one. Throws Failure like TableReader.
CaEntry read_ca(const toml::table& table, const std::string& name, const Source& source,
                const std::vector<CaEntry>& known);

}  // namespace certmgr::config
