// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lab/certmgr.h"
#include "lab/named.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::e2e {

inline std::string local(int port) { return "127.0.0.1:" + std::to_string(port); }

enum class Ways { with_updates, without_updates };

/// BIND for example.com, the CA that asks it, and certmgr with the key for updates.
struct DnsWorld {
  explicit DnsWorld(const std::string& extra = {}, Ways ways = Ways::with_updates)
      : named({.zones = {{"example.com",
                          "@ NS ns\nns A 127.0.0.1\n_acme-challenge.alias CNAME proofs.example.com.\n"}}}),
        ca({.dns_server = local(named.port()), .new_authz = true}),
        certmgr(CERTMGR_TEST_PROGRAM, config(extra, ways)) {}

  [[nodiscard]] lab::CertmgrConfig config(const std::string& extra, Ways ways) const {
    auto config = lab::config_for(ca);
    config.http_port = 0;
    const std::string resolvers = "resolvers = [\"" + local(named.port()) + "\"]\n";
    config.extra = "[challenge.dns-01]\n" + resolvers + extra;
    if (ways == Ways::without_updates) return config;
    config.extra = "[dns.bind]\ntype = \"rfc2136\"\nserver = \"" + local(named.port()) + "\"\nkey_file = \"" +
                   named.key_file().string() + "\"\n[challenge.dns-01]\nprovider = \"bind\"\n" + resolvers +
                   extra;
    return config;
  }

  /// What dig says of TXT records at a name.
  [[nodiscard]] std::string txt(const std::string& name) const {
    lab::TempDir dir;
    lab::Process dig(
        {.command = {"/usr/bin/dig", "@127.0.0.1", "-p", std::to_string(named.port()), "+short", "TXT", name},
         .output = dir / "dig"});
    dig.wait(std::chrono::seconds(20));
    return dig.output();
  }

  lab::Named named;
  lab::StrictCa ca;
  lab::Certmgr certmgr;
};

}  // namespace certmgr::e2e
