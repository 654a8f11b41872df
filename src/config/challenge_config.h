// SPDX-License-Identifier: MIT
#pragma once

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/challenge.h"
#include "config/table_reader.h"

namespace certmgr::config {

/// The ways of proof that [challenge.TYPE] tables configure, in the order they are tried where nobody says
/// otherwise. Empty without the table.
std::vector<ChallengeSettings> read_challenges(const toml::table& table, const Source& source);

}  // namespace certmgr::config
