// SPDX-License-Identifier: MIT
#pragma once

#include <toml++/toml.h>

#include <string>

#include "config/config.h"

namespace certmgr::config {

/// [preflight]
PreflightEntry read_preflight(const toml::table& table, const std::string& path);

}  // namespace certmgr::config
