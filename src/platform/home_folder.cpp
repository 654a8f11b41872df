// SPDX-License-Identifier: MIT
#include "platform/home_folder.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace certmgr::platform {

std::string home_folder() {
  std::array<char, 16384> memory{};
  passwd entry{};
  passwd* found = nullptr;
  ::getpwuid_r(::geteuid(), &entry, memory.data(), memory.size(), &found);
  return found != nullptr ? found->pw_dir : "/";
}

}  // namespace certmgr::platform
