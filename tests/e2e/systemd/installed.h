// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lab/ports.h"
#include "machine.h"

namespace certmgr::e2e {

/// The package on a machine of its own, with nginx: the units under a real systemd, with their real sandbox.
class Installed : public ::testing::Test {
 protected:
  void SetUp() override;

  /// The CA as the administrator enters it.
  struct CaEntry {
    std::filesystem::path bundle;
    int http_port = 0;   // where it asks for proofs
    std::string config;  // the CAs and all that is about them, in TOML
  };
  virtual CaEntry ca() = 0;

  Machine::Ran succeed(const std::vector<std::string>& command);
  /// nginx is registered, with what proves its listener, and runs.
  void start_nginx();
  void start_certmgr();
  /// What `certmgr ARGUMENTS --json` prints; null if that is no JSON.
  nlohmann::json ask(std::vector<std::string> arguments);
  /// nginx presents the current version of this certificate.
  bool is_served(const std::string& name);
  std::string journals();

  int port_ = lab::free_port();  // nginx's
  Machine machine_;

 private:
  void install() const;
  void configure();
};

}  // namespace certmgr::e2e
