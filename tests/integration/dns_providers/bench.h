// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "adapters/dns/dns_resolver.h"
#include "crypto/encoding.h"
#include "integration/dns_providers/hooks.h"
#include "lab/acme_dns.h"
#include "lab/named.h"
#include "lab/process.h"
#include "lab/temp_dir.h"
#include "wiring/dns_provider.h"

namespace certmgr::dns_providers::testing {

/// The record a CA would look for; `letter` tells tokens, and with them values, apart.
inline TxtRecord record(const std::string& identifier, char letter = 'a') {
  const std::string token(8, letter);
  const std::string key_authorization = token + ".thumbprint";
  const auto made = dns01_record(identifier, token, key_authorization,
                                 crypto::base64url(crypto::sha256(crypto::as_bytes(key_authorization))));
  if (!made) throw Failure(made.error());
  return *made;
}

/// One BIND for all tests of a program, with zones that take updates. Each test uses names of its own.
inline lab::Named& named() {
  static lab::Named server([] {
    lab::NamedOptions options;
    options.more_options = "  recursion no;\n";
    options.zones = {{"example.test",
                      "@ NS ns1\nns1 A 127.0.0.1\n_acme-challenge.contract CNAME account.auth.test.\n"
                      "_acme-challenge.astray CNAME other.auth.test.\n"},
                     {"auth.test", "@ NS ns1\nns1 A 127.0.0.1\n"}};
    return options;
  }());
  return server;
}

/// Providers as the configuration would make them, and what they need.
class Bench : public ::testing::Test {
 protected:
  Bench() : resolver_({.resolvers = {{"127.0.0.1", static_cast<std::uint16_t>(named().port())}}}) {
    settings_.name = "lab";
    settings_.timeout = std::chrono::seconds(20);
    settings_.environment_file =
        write("env",
              "# what hooks need\nexport LAB_PORT=" + std::to_string(named().port()) + "\nLAB_KEY='" +
                  named().key_file().string() + "'\nLAB_CALLS=\"" + path("calls") + "\"\n",
              0600);
  }

  [[nodiscard]] std::string path(const std::string& name) const { return (dir_ / name).string(); }
  std::string write(const std::string& name, const std::string& content, unsigned mode) const {
    std::filesystem::create_directories((dir_ / name).parent_path());
    lab::write_file(dir_ / name, content);
    std::filesystem::permissions(dir_ / name, std::filesystem::perms(mode));
    return path(name);
  }
  std::string hook(const std::string& name, const std::string& content) const {
    return write(name, content, 0755);
  }

  /// A new provider: nothing is remembered but what is on the disk.
  std::unique_ptr<DnsProvider> provider() {
    return wiring::make_dns_provider(settings_, resolver_, path("state"));
  }
  Result<void> present(const std::vector<TxtRecord>& records) { return provider()->present(records); }
  Result<void> withdraw(const std::vector<TxtRecord>& records,
                        ChallengeOutcome outcome = ChallengeOutcome::accepted) {
    return provider()->withdraw(records, outcome);
  }

  std::vector<std::string> values_at(const std::string& name) {
    const auto answers = resolver_.txt_everywhere(name);
    if (!answers) throw Failure(answers.error());
    return answers->servers.at(0).values;
  }
  /// What hooks were called with, a line per call.
  [[nodiscard]] std::vector<std::string> calls() const {
    std::vector<std::string> lines;
    if (!std::filesystem::exists(dir_ / "calls")) return lines;
    std::istringstream text(lab::read_file(dir_ / "calls"));
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }

  lab::TempDir dir_;
  dns::DnsResolver resolver_;
  DnsProviderSettings settings_;
};

/// The trouble, which says what failed, why and what to do; a failed expectation if there is none.
inline Trouble trouble_of(const Result<void>& done) {
  if (done) {
    ADD_FAILURE() << "went well";
    return {};
  }
  EXPECT_FALSE(done.error().code.empty() || done.error().what.empty() || done.error().why.empty() ||
               done.error().hint.empty())
      << done.error().message();
  return done.error();
}

}  // namespace certmgr::dns_providers::testing
