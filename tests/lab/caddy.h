// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {

/// Caddy as an ACME CA (its acme_server, which is smallstep's code), with a folder of its own.
/// It looks for proofs at the ports 80 and 443 and asks the system's resolver, so it needs a network of its
/// own (own_network.h) in which that resolver knows kHost. std::runtime_error where it is not installed.
class Caddy {
 public:
  static constexpr const char* kHost = "ca.test";

  Caddy();

  [[nodiscard]] std::string directory_url() const;
  /// PEM file of the root that vouches for its HTTPS and for what it issues.
  [[nodiscard]] std::filesystem::path ca_file() const;
  /// What it has said so far.
  [[nodiscard]] std::string log() const { return process_->output(); }
  /// It goes away, and comes back with all it knew.
  void stop() { process_->end(); }
  void start();

 private:
  [[nodiscard]] bool answers() const;

  TempDir dir_;
  int port_;
  std::optional<Process> process_;
};

}  // namespace certmgr::lab
