// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/trouble.h"

namespace certmgr::deploy {

/// Why something could not be done with a file, from errno: code, reason and what to do. The caller
/// that knows the server fills in `what`.
Trouble file_trouble(const std::string& path, int error);

/// The folder of an absolute path: "/" for "/name".
std::string folder_of(const std::string& path);

}  // namespace certmgr::deploy
