// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace certmgr::crypto {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::array<std::uint8_t, 32> sha256(ByteView data);
/// Lower case, no separators.
std::string hex(ByteView data);
std::optional<Bytes> from_hex(std::string_view text);
/// RFC 4648 section 5 without padding, as RFC 7515 wants it.
std::string base64url(ByteView data);
std::optional<Bytes> from_base64url(std::string_view text);
/// From the system's generator; throws Failure if it cannot deliver.
Bytes random_bytes(std::size_t count);

}  // namespace certmgr::crypto
