// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace certmgr::lab::strict {

using Moment = std::chrono::system_clock::time_point;

/// Octets are held in std::string throughout this CA.
std::string base64url(std::string_view octets);
/// RFC 7515 section 2: no padding, no other alphabet, no stray bits at the end; nullopt otherwise.
std::optional<std::string> from_base64url(std::string_view text);
/// RFC 4648 section 6, lower case, for whole groups of five octets.
std::string base32(std::string_view octets);
std::string hex(std::string_view octets);

std::string sha256(std::string_view octets);
std::string random_octets(std::size_t count);

/// RFC 3339 in UTC, to the second.
std::string rfc3339(Moment moment);
/// nullopt for what is not RFC 3339.
std::optional<Moment> from_rfc3339(const std::string& text);

}  // namespace certmgr::lab::strict
