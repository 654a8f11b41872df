// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/notify_channel.h"
#include "config/table_reader.h"

namespace certmgr::config {

/// Reads [notify.NAME] for every NAME, sorted. Throws Failure like TableReader.
std::vector<NotifyChannel> read_notify(const toml::table& channels, const Source& source);

}  // namespace certmgr::config
