// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::lab::testing {

/// pebble-challtestsrv: somebody else's servers for proofs of all kinds, told what to show.
class ChallengeServer {
 public:
  ChallengeServer();

  [[nodiscard]] int http_port() const { return http_port_; }
  [[nodiscard]] int tls_port() const { return tls_port_; }
  [[nodiscard]] std::string dns() const { return "127.0.0.1:" + std::to_string(dns_port_); }

  void show_http(const std::string& token, const std::string& content) const;
  void redirect_http(const std::string& path, const std::string& target) const;
  void show_tls_alpn(const std::string& host, const std::string& key_authorization) const;
  void add_txt(const std::string& name, const std::string& value) const;
  void clear_txt(const std::string& name) const;
  void set_alias(const std::string& name, const std::string& target) const;
  void set_servfail(const std::string& name) const;

 private:
  void manage(const std::string& path, const nlohmann::json& request) const;

  TempDir dir_;
  int management_port_;
  int http_port_;
  int tls_port_;
  int dns_port_;
  std::optional<Process> process_;
};

}  // namespace certmgr::lab::testing
