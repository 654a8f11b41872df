// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/trouble.h"
#include "platform/secret_text.h"

namespace certmgr::notify {

/// The first line of a file that belongs to root or to us, and that nobody else may read. Read for each
/// message, so that a change needs no restart. `key`: the one in the configuration that names the file.
Result<platform::SecretText> read_secret(const std::string& channel, const std::string& key,
                                         const std::string& path);

}  // namespace certmgr::notify
