// SPDX-License-Identifier: MIT
#include "platform/file_access.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace certmgr::platform {

bool is_closed_to_us(const std::string& path) {
  return faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) != 0 && errno == EACCES;
}

}  // namespace certmgr::platform
