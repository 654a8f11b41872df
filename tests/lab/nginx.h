// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {

struct NginxOptions {
  std::filesystem::path fullchain = {};  // must exist; what the listener serves
  std::filesystem::path key = {};
  /// A second certificate of the same listener, with a key of another type; empty: none.
  std::filesystem::path other_fullchain = {};
  std::filesystem::path other_key = {};
  int port = 0;  // 0: picked
  /// Variables on top of ours, which its workers get as well.
  std::map<std::string, std::string> environment = {};
  /// A second server block on the same port, chosen by SNI, with files of its own; empty: none.
  std::string second_name = {};
  std::filesystem::path second_fullchain = {};
  std::filesystem::path second_key = {};
  /// Document root of a plain HTTP listener, for http-01 through a web server; empty: none.
  std::filesystem::path webroot = {};
  int webroot_port = 0;
  std::size_t download_bytes = 1 << 20;   // size of /slow/file
  std::size_t download_rate = 256 << 10;  // bytes per second it is sent at
};

/// A private nginx on loopback: own folder, configuration, pid file and logs.
class Nginx {
 public:
  explicit Nginx(const NginxOptions& options);

  [[nodiscard]] int port() const { return options_.port; }
  [[nodiscard]] std::filesystem::path program() const { return program_; }
  [[nodiscard]] std::filesystem::path config_file() const { return dir_ / "nginx.conf"; }
  [[nodiscard]] std::size_t download_bytes() const { return options_.download_bytes; }
  [[nodiscard]] std::string error_log() const;
  [[nodiscard]] bool running() { return process_->running(); }

  /// Makes the configuration on disk invalid, or valid again; what runs is not touched.
  void break_config() const;
  void repair_config() const;
  void stop() { process_->end(); }

 private:
  [[nodiscard]] std::string config() const;

  TempDir dir_;
  NginxOptions options_;
  std::filesystem::path program_;
  std::optional<Process> process_;
};

}  // namespace certmgr::lab
