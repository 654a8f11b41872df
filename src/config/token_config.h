// SPDX-License-Identifier: MIT
#pragma once

#include <toml++/toml.h>

#include <string>

#include "config/config.h"

namespace certmgr::config {

/// [pkcs11]
TokenEntry read_token(const toml::table& table, const std::string& path);

}  // namespace certmgr::config
