// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "lab/certmgr.h"
#include "lab/temp_dir.h"

namespace certmgr::e2e {

/// The wall clock of the programs under test, moved by libfaketime. Not in builds with sanitizers: their
/// library wants to be the first.
class MovedClock {
 public:
  MovedClock(lab::Certmgr& certmgr, const std::filesystem::path& file) : file_(file) {
    move("+0");
    for (const char* folder : {"/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime"}) {
      const auto library = std::filesystem::path(folder) / "libfaketimeMT.so.1";
      if (std::filesystem::exists(library)) library_ = library.string();
    }
    certmgr.set_environment("LD_PRELOAD", library_);
    certmgr.set_environment("FAKETIME_TIMESTAMP_FILE", file_.string());
    certmgr.set_environment("FAKETIME_NO_CACHE", "1");
    certmgr.set_environment("FAKETIME_DONT_FAKE_MONOTONIC", "1");
  }
  [[nodiscard]] bool works() const { return !library_.empty(); }
  /// By "+2h", "-1d"; "+0" is the real time.
  void move(const std::string& by) const { lab::write_file(file_, by + "\n"); }

 private:
  std::filesystem::path file_;
  std::string library_;
};

}  // namespace certmgr::e2e
