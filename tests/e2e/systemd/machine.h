// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::e2e {

/// systemd as process 1 of a namespace of its own, on an overlay over this machine's files, with this
/// machine's loopback. Gone with this object, with all that it started.
class Machine {
 public:
  Machine();
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// Laid over the machine's files at boot().
  void put(const std::filesystem::path& path, const std::string& content) const;
  void copy(const std::filesystem::path& from, const std::filesystem::path& path) const;
  /// False where it is not possible; `why_not` then says why.
  bool boot(std::string& why_not);

  struct Ran {
    int code = -1;
    std::string output;  // and errors
  };
  [[nodiscard]] Ran run(const std::vector<std::string>& command) const;
  /// A property of a unit, as systemctl shows it.
  [[nodiscard]] std::string property(const std::string& unit, const std::string& name) const;
  /// What a unit's processes wrote to the journal.
  [[nodiscard]] std::string journal(const std::string& unit) const;

 private:
  [[nodiscard]] std::filesystem::path over(const std::filesystem::path& path) const;
  [[nodiscard]] std::filesystem::path cgroup() const;
  [[nodiscard]] std::string process_1() const;

  lab::TempDir lab_;
  std::optional<lab::Process> boot_;
};

}  // namespace certmgr::e2e
