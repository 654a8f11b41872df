// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/authority.h"
#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {

struct PebbleOptions {
  bool strict = true;
  bool always_valid = false;     // accepts every challenge without looking
  int nonce_reject_percent = 0;  // good nonces that are refused
  int authz_reuse_percent = 0;   // of valid authorizations in new orders; Pebble adds one to it
  int alternate_roots = 0;
  int chain_length = 1;                              // intermediates between leaf and root
  std::string default_ipv4 = "127.0.0.1";            // where the CA finds every name
  std::string default_ipv6 = {};                     // none
  int http_port = 0;                                 // where it asks for http-01 proofs; 0: picked
  std::map<std::string, std::string> eab_keys = {};  // key id -> base64url MAC key; not empty: EAB required
  std::vector<std::string> blocked_domains = {};
  int validity_seconds = 0;     // of what it issues; 0: its default, years
  int retry_after_seconds = 0;  // sent with pending authorizations and orders; 0: its default
};

/// A real ACME CA (Pebble) with a DNS server of its own, both on loopback ports nobody else uses. Which
/// programs: $PEBBLE and $PEBBLE_CHALLTESTSRV, or what PATH has.
class Pebble {
 public:
  explicit Pebble(const PebbleOptions& options = {});

  [[nodiscard]] std::string directory_url() const;
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] int http_port() const { return http_port_; }
  /// Where it asks for tls-alpn-01 proofs.
  [[nodiscard]] int tls_port() const { return tls_port_; }
  /// PEM file of the CA that vouches for Pebble's own HTTPS, and that authority itself.
  [[nodiscard]] std::filesystem::path ca_file() const { return dir_ / "https-ca.pem"; }
  [[nodiscard]] const Authority& https_authority() const { return authority_; }

  /// What Pebble issues from; new ones at every start.
  [[nodiscard]] std::string root_pem(int number = 0) const;
  [[nodiscard]] std::string intermediate_pem(int number = 0) const;
  /// What the CA thinks of a certificate: "Valid" or "Revoked"; empty when it never issued it.
  [[nodiscard]] std::string status_of_serial(const std::string& hex_serial) const;

  /// DNS records, through the management interface of its DNS server.
  void set_default_ipv4(const std::string& address) const;
  void set_a(const std::string& name, const std::vector<std::string>& addresses) const;
  void set_servfail(const std::string& name) const;
  void forget_name(const std::string& name) const;

  [[nodiscard]] std::string log() const { return pebble_->output(); }
  /// The CA goes away, and comes back having forgotten everything, on the same port.
  void stop();
  void start();

 private:
  void start_dns(const PebbleOptions& options);
  void write_config(const PebbleOptions& options) const;
  void manage_dns(const std::string& path, const nlohmann::json& request) const;

  TempDir dir_;
  Authority authority_{"Lab HTTPS"};
  int port_;
  int management_port_;
  int dns_port_;
  int dns_management_port_;
  int http_port_;
  int tls_port_;
  bool strict_;
  std::map<std::string, std::string> environment_;
  std::optional<Process> dns_;
  std::optional<Process> pebble_;
};

}  // namespace certmgr::lab
