// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/trouble.h"

namespace certmgr::cli {

/// What a file given to --csr holds, up to more than any request has. Trouble (usage) "csr_unreadable".
Result<std::string> read_request_file(const std::string& path);

}  // namespace certmgr::cli
