// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/token_key.h"

namespace certmgr::token {

/// Looks through the PKCS#11 module for the key, and fails unless it is the only one that fits. A PIN is
/// tried once. Nothing in the token is changed. Troubles: those of TokenKeys but "no_token_access" and
/// "secret_file".
Result<void> find_only(const std::string& module, const TokenKey& key, const std::string& pin);

}  // namespace certmgr::token
