// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/dns/dns_resolver.h"
#include "adapters/dns/rfc2136.h"
#include "certmgr/domain/dns_challenge.h"
#include "lab/knot.h"
#include "lab/named.h"
#include "lab/ports.h"

namespace certmgr::dns::testing {

/// What a CA would look for at _acme-challenge.IDENTIFIER; `letter` tells values apart.
inline TxtRecord record(const std::string& identifier, char letter = 'a') {
  auto made = dns01_record(identifier, "token", "token.thumbprint", std::string(43, letter));
  EXPECT_TRUE(made) << (made ? "" : made.error().message());
  return made ? *made : TxtRecord{};
}

/// example.test and auth.test on BIND (127.0.0.1), and a copy of example.test that lags on Knot
/// (127.0.0.2), both on the same port, as name servers are. BIND stands in for /etc/resolv.conf.
class Servers {
 public:
  Servers() : port_(lab::free_port()), named_(named_options(port_)), knot_(knot_options(port_)) {
    knot_.refresh("example.test");
  }

  [[nodiscard]] std::uint16_t port() const { return static_cast<std::uint16_t>(port_); }
  lab::Named& named() { return named_; }
  lab::Knot& knot() { return knot_; }
  [[nodiscard]] DnsServer primary() const { return {"127.0.0.1", port()}; }
  [[nodiscard]] DnsServer secondary() const { return {"127.0.0.2", port()}; }

  [[nodiscard]] DnsResolverSettings settings() const {
    return {.resolvers = {}, .system = {primary()}, .authoritative_port = port()};
  }
  [[nodiscard]] Rfc2136Settings update_settings() const {
    Rfc2136Settings settings;
    settings.server = {"127.0.0.1", port()};
    settings.key_file = named_.key_file().string();
    return settings;
  }

 private:
  static lab::NamedOptions named_options(int port) {
    lab::NamedOptions options;
    options.port = port;
    options.more_options = "  recursion no;\n";
    options.zones = {
        {
            "example.test",
            "@ NS ns1\n@ NS ns2\nns1 A 127.0.0.1\nns2 A 127.0.0.2\n@ CAA 0 issue \"letsencrypt.org\"\n"
            "@ CAA 128 issue \"other.test; validationmethods=dns-01\"\nwww A 192.0.2.1\nwww AAAA "
            "2001:db8::1\n"
            "_acme-challenge.away CNAME away.auth.test.\n_acme-challenge.far CNAME hop\nhop CNAME "
            "away.auth.test.\n"
            "round1 CNAME round2\nround2 CNAME round1\n_acme-challenge.odd CNAME o\\032dd\n"
            "split TXT \"first \" \"second\"\nbig TXT \"" +
                std::string(200, 'x') + "\"\n" + chain() + big(),
        },
        {"auth.test", "@ NS ns1\nns1 A 127.0.0.1\n"},
        {"silent.test", "@ NS ns1\n@ NS ns2\nns1 A 127.0.0.1\nns2 A 127.0.0.9\n"},
        {"lame.test", "@ NS ns1\n@ NS ns2\nns1 A 127.0.0.1\nns2 A 127.0.0.2\n"}};
    return options;
  }
  static lab::KnotOptions knot_options(int port) {
    lab::KnotOptions options;
    options.port = port;
    options.zones = {{{"example.test", ""}, "127.0.0.1@" + std::to_string(port), false}};
    return options;
  }
  /// Ten aliases in a row.
  static std::string chain() {
    std::string lines;
    for (int i = 0; i < 10; ++i)
      lines += "link" + std::to_string(i) + " CNAME link" + std::to_string(i + 1) + "\n";
    return lines;
  }
  /// More than fits into a datagram.
  static std::string big() {
    std::string lines;
    for (char c = 'a'; c < 'k'; ++c) lines += "big TXT \"" + std::string(240, c) + "\"\n";
    return lines;
  }

  int port_;
  lab::Named named_;
  lab::Knot knot_;
};

/// One pair of servers for all tests of a program: each uses names of its own.
inline Servers& servers() {
  static Servers all;
  return all;
}

}  // namespace certmgr::dns::testing
