// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {

struct KamailioOptions {
  std::filesystem::path fullchain = {};  // must exist; what the listener serves
  std::filesystem::path key = {};
  int port = 0;  // 0: picked
};

/// A private Kamailio on loopback with one SIP/TLS listener that answers every request with 200, and a
/// control socket for kamcmd.
class Kamailio {
 public:
  explicit Kamailio(const KamailioOptions& options);

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string kamcmd_socket() const { return "unix:" + (dir_ / "ctl").string(); }
  [[nodiscard]] std::filesystem::path tls_config_file() const { return dir_ / "tls.cfg"; }
  [[nodiscard]] std::string log() const { return process_->output(); }
  [[nodiscard]] bool running() { return process_->running(); }
  void stop() { process_->end(); }

 private:
  TempDir dir_;
  int port_;
  std::optional<Process> process_;
};

}  // namespace certmgr::lab
