// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "lab/strict_ca/records.h"

namespace certmgr::lab::strict {

/// One identifier as a client may send it (RFC 8555 section 7.1.4, RFC 8738); Refusal otherwise.
Identifier read_identifier(const nlohmann::json& entry, bool wildcards_allowed);
/// At least one, and none twice.
std::vector<Identifier> read_identifiers(const nlohmann::json& payload);

nlohmann::json to_json(const Identifier& identifier);

}  // namespace certmgr::lab::strict
