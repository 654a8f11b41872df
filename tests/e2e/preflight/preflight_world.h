// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "lab/certmgr.h"
#include "lab/named.h"
#include "lab/ports.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::e2e {

inline std::string local(int port) { return "127.0.0.1:" + std::to_string(port); }

/// BIND for example.com, where every name has CAA records of its own and leads here; the strict CA, which
/// goes by strict-ca.example; and certmgr, which asks that BIND.
struct PreflightWorld {
  explicit PreflightWorld(const std::string& more = {})
      : named({.zones = {{"example.com", zone()}, {"com", "@ NS ns\nns A 127.0.0.1\n"}},
               .more_options = "  recursion no;\n"}),
        certmgr(CERTMGR_TEST_PROGRAM, config(named.port(), more)) {}

  /// `resolver`: port of the server that certmgr asks.
  [[nodiscard]] lab::CertmgrConfig config(int resolver, const std::string& more = {}) const {
    auto config = lab::config_for(ca);
    config.preflight = "http_port = " + std::to_string(ca.http_port()) + "\n";
    config.extra = "[dns.bind]\ntype = \"rfc2136\"\nserver = \"" + local(named.port()) + "\"\nkey_file = \"" +
                   named.key_file().string() + "\"\n[challenge.dns-01]\nresolvers = [\"" + local(resolver) +
                   "\"]\n" + more;
    return config;
  }

  [[nodiscard]] nlohmann::json run_json(std::vector<std::string> arguments, int code) const {
    arguments.emplace_back("--json");
    const auto outcome = certmgr.run(arguments);
    EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors;
    return outcome.json();
  }

  static std::string zone() {
    return "@ NS ns\nns A 127.0.0.1\n"
           "free A 127.0.0.1\n"
           "ok A 127.0.0.1\nok CAA 0 issue \"strict-ca.example\"\n"
           "other A 127.0.0.1\nother CAA 0 issue \"other.example\"\n"
           "method A 127.0.0.1\nmethod CAA 0 issue \"strict-ca.example; validationmethods=dns-01\"\n"
           "account A 127.0.0.1\naccount CAA 0 issue \"strict-ca.example; accounturi=https://elsewhere/1\"\n"
           "wild CAA 0 issue \"strict-ca.example\"\nwild CAA 0 issuewild \";\"\n"
           "below.parent A 127.0.0.1\nparent CAA 0 issue \"other.example\"\n";
  }

  lab::Named named;
  lab::StrictCa ca;
  lab::Certmgr certmgr;
};

}  // namespace certmgr::e2e
