// SPDX-License-Identifier: MIT
#pragma once

#include <toml++/toml.h>

#include <string>

#include "config/config.h"

namespace certmgr::config {

/// Reads the table [web]. Throws Failure like TableReader.
WebEntry read_web(const toml::table& table, const std::string& path);

}  // namespace certmgr::config
