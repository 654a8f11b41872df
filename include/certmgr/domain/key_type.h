// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

namespace certmgr {

enum class KeyType { ecdsa_p256, ecdsa_p384, rsa_2048, rsa_3072, rsa_4096 };

/// The word used on the command line, in the configuration and in the store: "ecdsa-p256".
std::string_view to_string(KeyType type);
std::optional<KeyType> parse_key_type(std::string_view text);

/// What a TLS client and a server agree on before the server chooses a certificate.
enum class KeyFamily { ecdsa, rsa };
KeyFamily family_of(KeyType type);
/// "ecdsa", "rsa"
std::string_view to_string(KeyFamily family);
std::optional<KeyFamily> parse_key_family(std::string_view text);

}  // namespace certmgr
