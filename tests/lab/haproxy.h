// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {

/// A private HAProxy on loopback, as a master with workers: own folder, configuration and pid file.
/// std::runtime_error where it is not installed.
class Haproxy {
 public:
  /// Files with key and chain, which must exist: all on one listener.
  explicit Haproxy(std::vector<std::filesystem::path> certificates);

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::filesystem::path program() const { return program_; }
  [[nodiscard]] std::filesystem::path config_file() const { return dir_ / "haproxy.cfg"; }
  /// Of the master, which reloads at SIGUSR2.
  [[nodiscard]] std::filesystem::path pid_file() const { return dir_ / "haproxy.pid"; }
  /// Makes the configuration on disk invalid; what runs is not touched.
  void break_config() const;

 private:
  [[nodiscard]] std::string config() const;

  TempDir dir_;
  std::vector<std::filesystem::path> certificates_;
  std::filesystem::path program_;
  int port_;
  std::optional<Process> process_;
};

}  // namespace certmgr::lab
