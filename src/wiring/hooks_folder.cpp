// SPDX-License-Identifier: MIT
#include "wiring/hooks_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "version.h"

namespace certmgr::wiring {

std::string hooks_folder() {
  namespace fs = std::filesystem;
  if (const char* named = std::getenv("CERTMGR_HOOKS_DIR"); named != nullptr && *named == '/') return named;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    if (program.parent_path() == fs::path(CERTMGR_BUILD_DIR)) return CERTMGR_SOURCE_HOOKS_DIR;
    const fs::path beside = program.parent_path().parent_path() / "libexec/certmgr/hooks";
    if (fs::is_directory(beside, error)) return beside.string();
  }
  return CERTMGR_INSTALLED_HOOKS_DIR;
}

std::string hooks_state_folder(const std::string& store_path) {
  constexpr const char* kOfRoot = "/var/lib/certmgr-deploy";
  std::string beside = std::filesystem::absolute(store_path).parent_path().string();
  struct stat found {};
  if (geteuid() != 0 || stat(beside.c_str(), &found) != 0 || found.st_uid == 0) return beside;
  mkdir(kOfRoot, S_IRWXU);  // if it cannot be made, the hook's own trouble names it
  return kOfRoot;
}

}  // namespace certmgr::wiring
