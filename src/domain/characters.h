// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace certmgr {

/// Length in characters (code points). nullopt: no UTF-8 (RFC 3629; surrogates and overlong forms are none).
std::optional<std::size_t> count_characters(std::string_view text);

/// Holds U+0000 to U+001F, U+007F to U+009F, or a line or paragraph separator. For UTF-8.
bool holds_control_characters(std::string_view text);

/// Begins or ends with a space.
bool padded(std::string_view text);

/// Says that there is no value instead of giving one: only punctuation or spaces ("-", "."), "N/A", "none",
/// or what OpenSSL's questions suggest. Baseline Requirements 7.1.4.2 forbid such values.
bool is_placeholder(std::string_view text);

}  // namespace certmgr
