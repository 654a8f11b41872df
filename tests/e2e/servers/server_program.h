// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <stdexcept>

#include "e2e/world/key_families.h"
#include "e2e/world/world.h"

namespace certmgr::e2e {

/// Servers for which certmgr has no hook of its own: each test brings one.
class ServerProgram : public ::testing::Test {
 protected:
  static constexpr const char* kName = "pbx.example.com";

  static bool installed(const std::string& program) {
    try {
      return !lab::find_program(program).empty();
    } catch (const std::runtime_error&) {
      return false;
    }
  }
  void add(const std::string& name, const Arguments& more) {
    Arguments arguments{"server", "add", name, "--type", "generic", "--hook", hook_.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto added = world_.run(arguments);
    ASSERT_EQ(added.exit_code, 0) << added.errors;
  }
  /// Both certificates are ordered by one command, and each is seen by the clients it is for, also after one
  /// of them alone was renewed.
  void expect_a_pair_is_served(int port) {
    const Arguments issue{"issue", "pbx.example.com", "--key-type", "ecdsa-p256,rsa-2048", "--server", "web"};
    const auto issued = world_.run_json(issue);
    ASSERT_EQ(issued["certificates"].size(), 2U);
    for (const auto& certificate : issued["certificates"])
      EXPECT_EQ(certificate["deployments"][0]["state"], "verified");
    const auto ecdsa = world_.stored_fingerprint(kName);
    EXPECT_EQ(served_to("ecdsa", port, kName), ecdsa);
    EXPECT_EQ(served_to("rsa", port, kName), world_.stored_fingerprint("pbx.example.com-rsa"));
    const auto renewed = world_.run({"renew", "--force", "pbx.example.com-rsa"});
    EXPECT_EQ(renewed.exit_code, 0) << renewed.errors;
    EXPECT_NE(world_.stored_fingerprint("pbx.example.com-rsa"),
              issued["certificates"][1]["certificate"]["fingerprint_sha256"]);
    EXPECT_EQ(served_to("rsa", port, kName), world_.stored_fingerprint("pbx.example.com-rsa"));
    EXPECT_EQ(served_to("ecdsa", port, kName), ecdsa);
  }

  World world_;
  std::filesystem::path folder_ = world_.files / "tls";
  std::filesystem::path hook_ = world_.files / "hook";
};

}  // namespace certmgr::e2e
