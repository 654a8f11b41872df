// SPDX-License-Identifier: MIT
#pragma once

#include <toml++/toml.h>

#include <string>

#include "config/daemon_entry.h"

namespace certmgr::config {

/// Reads the table [daemon]. Throws Failure like TableReader.
DaemonEntry read_daemon(const toml::table& table, const std::string& path);

}  // namespace certmgr::config
