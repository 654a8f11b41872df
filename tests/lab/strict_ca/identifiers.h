// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lab/strict_ca/records.h"

namespace certmgr::lab::strict {

/// One identifier as a client may send it (RFC 8555 section 7.1.4, RFC 8738); Refusal otherwise.
Identifier read_identifier(const nlohmann::json& entry, bool wildcards_allowed);
/// At least one, and none twice.
std::vector<Identifier> read_identifiers(const nlohmann::json& payload);

/// The members "ancestorDomain" of an order by the identifiers they stand with (RFC 9444 section 4.3);
/// Refusal for one that is no ancestor, or where `allowed` is false: then the directory does not offer it.
std::map<std::string, std::string> read_ancestors(const nlohmann::json& payload, bool allowed);

/// Whether `name` is below `ancestor`.
bool is_below(const std::string& name, const std::string& ancestor);

nlohmann::json to_json(const Identifier& identifier);

}  // namespace certmgr::lab::strict
