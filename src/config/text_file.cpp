// SPDX-License-Identifier: MIT
#include "config/text_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace certmgr::config {

tl::expected<std::string, int> read_text(const std::string& path) {
  std::error_code error;
  // A folder can be opened, and reading it throws.
  if (std::filesystem::is_directory(path, error)) return tl::unexpected<int>(EISDIR);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return tl::unexpected<int>(errno);
  std::stringstream text;
  text << file.rdbuf();
  if (file.bad()) return tl::unexpected<int>(EIO);
  return std::move(text).str();
}

}  // namespace certmgr::config
