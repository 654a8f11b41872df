// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace certmgr::lab {

/// A new empty folder, mode 0700, removed with all that is in it. The path is short: unix sockets in
/// it must fit into 108 bytes.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Whole files; std::runtime_error when that is not possible.
std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::string_view content);

/// An executable by name, from PATH or the sbin folders, which a user's PATH often lacks; `variable`
/// names an environment variable that goes before both. std::runtime_error when there is none.
std::filesystem::path find_program(std::string_view name, const char* variable = nullptr);

}  // namespace certmgr::lab
