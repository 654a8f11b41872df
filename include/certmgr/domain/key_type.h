// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

namespace certmgr {

enum class KeyType { ecdsa_p256, ecdsa_p384, rsa_2048, rsa_3072, rsa_4096 };

/// The word used on the command line, in the configuration and in the store: "ecdsa-p256".
std::string_view to_string(KeyType type);
std::optional<KeyType> parse_key_type(std::string_view text);

}  // namespace certmgr
