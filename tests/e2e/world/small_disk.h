// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "lab/temp_dir.h"

namespace certmgr::e2e {

/// A file system of a few megabytes that only this test and what it starts from now on can see: it is
/// mounted in a mount namespace of our own, and gone with this object.
class SmallDisk {
 public:
  /// nullptr where it is not permitted to mount; `why_not` then says so.
  static std::unique_ptr<SmallDisk> mount(std::size_t bytes, std::string& why_not);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }
  std::filesystem::path operator/(const std::string& name) const { return path() / name; }

  /// Uses up all that is free but for `left` bytes, rounded up to the pages it is made of.
  void fill(std::size_t left = 0);
  void make_room();
  void set_read_only(bool read_only) const;

 private:
  SmallDisk() = default;

  lab::TempDir folder_;
  bool mounted_ = false;
};

}  // namespace certmgr::e2e
