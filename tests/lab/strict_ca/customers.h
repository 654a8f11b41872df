// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "lab/strict_ca/options.h"

namespace certmgr::lab::strict {

std::optional<Level> parse_level(const std::string& word);

/// External accounts from a JSON file:
///   {"KID": {"mac_key": "base64url", "level": "ev", "single_use": true,
///            "organization": {"name": "Acme GmbH", "country": "DE", "locality": "Berlin", ...}}}
/// Members of an organization are those of Organization. std::runtime_error for anything else.
std::map<std::string, ExternalAccount> read_customers(const std::filesystem::path& file);

}  // namespace certmgr::lab::strict
