// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lab/certmgr.h"
#include "lab/fault_proxy.h"
#include "lab/kamailio.h"
#include "lab/nginx.h"
#include "lab/pebble.h"
#include "lab/tls_client.h"

namespace certmgr::e2e {

using lab::Outcome;
using nlohmann::json;
using Arguments = std::vector<std::string>;

/// A CA, and certmgr with a store of its own. Servers and a proxy before the CA come when asked for.
class World {
 public:
  explicit World(const lab::PebbleOptions& options = {}, const std::string& extra_config = {});

  lab::Pebble pebble;
  lab::Certmgr certmgr;
  lab::TempDir files;  // what the servers read
  std::optional<lab::Nginx> nginx;
  std::optional<lab::Kamailio> kamailio;
  std::unique_ptr<lab::FaultProxy> proxy;

  /// From now on certmgr talks to the CA through a proxy that counts and can misbehave.
  lab::FaultProxy& put_proxy_before_ca(const std::string& extra_config = {});

  /// Start with a self-signed placeholder and register with certmgr as "web" and "pbx".
  void start_nginx();
  void start_kamailio();
  /// A "server" of files only, with optional further options of `server add`.
  void register_files(const std::string& name, const Arguments& more = {});

  [[nodiscard]] Outcome run(const Arguments& arguments) const { return certmgr.run(arguments); }
  /// Runs with --json and returns the document; a failed expectation unless it exits with `code`.
  [[nodiscard]] json run_json(Arguments arguments, int code = 0) const;

  [[nodiscard]] std::string served_by_nginx() const;
  [[nodiscard]] std::string served_by_kamailio() const;
  /// Of the certificate certmgr holds.
  [[nodiscard]] std::string stored_fingerprint(const std::string& label) const;
  /// Files that certmgr keeps while it deploys, and must not leave.
  [[nodiscard]] std::vector<std::string> leftovers() const;
  [[nodiscard]] std::string nginx_target() const;
  [[nodiscard]] std::string kamailio_target() const;

 private:
  std::filesystem::path placeholder(const std::string& folder) const;
};

/// A hook of the test's own: the text is a POSIX shell script.
std::filesystem::path write_hook(const std::filesystem::path& path, const std::string& script);

}  // namespace certmgr::e2e
