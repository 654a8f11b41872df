// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "certmgr/domain/trouble.h"
#include "platform/secret_text.h"

namespace certmgr::platform {

/// The content of a regular file that belongs to root or to us and that nobody else may read. `what` says
/// for what it is needed and `key` which configuration key names it; both go into the trouble, whose code
/// is "secret_file" (kind configuration). More than `most` octets are refused.
Result<SecretText> read_private_file(const std::string& path, const std::string& what, const std::string& key,
                                     std::size_t most);

}  // namespace certmgr::platform
