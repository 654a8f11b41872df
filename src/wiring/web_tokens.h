// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "certmgr/domain/trouble.h"

namespace certmgr::wiring {

/// A new token and what of it stands in the configuration.
struct NewToken {
  std::string token;  // 32 random octets; a secret
  std::string hash;   // "sha256:..."
};
NewToken new_token();

/// `owners`: hex SHA-256 of a token to its person. Trouble (usage) "bad_token". Random tokens of that length
/// need no slow hash, and what a look-up by the hash of a guess takes tells nothing about them.
Result<std::string> owner_of_token(const std::map<std::string, std::string>& owners, std::string_view token);

}  // namespace certmgr::wiring
