// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "certmgr/domain/certificate.h"
#include "config/table_reader.h"

namespace certmgr::config {

/// `profile` (required) or `preferred_profile`; an empty text names none. Nothing: neither is there.
std::optional<ProfileChoice> read_profile(TableReader& reader);
/// A length of time after the order, or a moment.
std::optional<ValidityBound> read_bound(TableReader& reader, const char* key);

}  // namespace certmgr::config
