// SPDX-License-Identifier: MIT
#include "platform/host_name.h"

#include <unistd.h>

#include <array>

namespace certmgr::platform {

std::string host_name() {
  // One octet more than asked for: a name that fills it all comes without its end.
  std::array<char, 257> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return name.data();
}

}  // namespace certmgr::platform
