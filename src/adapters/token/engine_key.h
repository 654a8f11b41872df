// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "adapters/token/opened_key.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::token {

/// The private key that the URI names, through this engine of OpenSSL and this PKCS#11 module. The engine
/// takes any one of several keys that fit: find_only() goes before. Trouble (configuration) "no_token_access"
/// if there is no such engine; "token_failed".
Result<OpenedKey> open_with_engine(const std::string& engine, const std::string& module,
                                   const std::string& uri, const std::string& pin);

}  // namespace certmgr::token
