// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {

struct ApacheCertificate {
  std::filesystem::path fullchain;
  std::filesystem::path key;
};

/// A private Apache on loopback: own folder, configuration, pid file and log. std::runtime_error where it is
/// not installed.
class Apache {
 public:
  /// Of one virtual host; the files must exist.
  explicit Apache(std::vector<ApacheCertificate> certificates);

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::filesystem::path program() const { return program_; }
  [[nodiscard]] std::filesystem::path config_file() const { return dir_ / "apache.conf"; }

 private:
  [[nodiscard]] std::string config() const;
  [[nodiscard]] std::string error_log() const;

  TempDir dir_;
  std::vector<ApacheCertificate> certificates_;
  std::filesystem::path program_;
  int port_;
  std::optional<Process> process_;
};

}  // namespace certmgr::lab
