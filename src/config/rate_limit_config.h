// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/rate_limit.h"
#include "config/table_reader.h"

namespace certmgr::config {

/// What is known about the CA with this directory; empty for all others.
RateLimits known_rate_limits(std::string_view directory);

/// [ca.NAME.limits]: adds to `known`, "none" takes one away. Throws Failure like TableReader.
RateLimits read_rate_limits(const toml::table& table, const std::string& ca, const Source& source,
                            RateLimits known);

}  // namespace certmgr::config
