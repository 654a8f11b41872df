// SPDX-License-Identifier: MIT
// An ECDSA and an RSA certificate for the same names, side by side on one listener.
#include <gmock/gmock.h>

#include "e2e/world/key_families.h"
#include "e2e/world/world.h"
#include "lab/authority.h"

namespace certmgr::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class TwoKeys : public ::testing::Test {
 protected:
  TwoKeys() {
    write_both_families(folder_);
    world_.nginx.emplace(lab::NginxOptions{.fullchain = folder_ / "ecdsa.pem",
                                           .key = folder_ / "ecdsa.key",
                                           .other_fullchain = folder_ / "rsa.pem",
                                           .other_key = folder_ / "rsa.key"});
  }
  Outcome add(const std::string& name, const std::string& family, const Arguments& more = {}) {
    Arguments arguments{"server",
                        "add",
                        name,
                        "--type",
                        "nginx",
                        "--key",
                        (folder_ / (family + ".key")).string(),
                        "--fullchain",
                        (folder_ / (family + ".pem")).string(),
                        "--set",
                        "nginx_bin=" + world_.nginx->program().string(),
                        "--set",
                        "nginx_conf=" + world_.nginx->config_file().string(),
                        "--verify",
                        world_.nginx_target(),
                        "--only",
                        family};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return world_.run(arguments);
  }
  void add_pair() {
    ASSERT_EQ(add("web", "ecdsa").exit_code, 0);
    const auto second = add("web-rsa", "rsa", {"--beside", "web"});
    ASSERT_EQ(second.exit_code, 0) << second.errors;
  }
  [[nodiscard]] std::string served_rsa() const {
    return served_to("rsa", world_.nginx->port(), "pbx.example.com");
  }
  [[nodiscard]] std::string served_ecdsa() const {
    return served_to("ecdsa", world_.nginx->port(), "pbx.example.com");
  }

  World world_;
  fs::path folder_ = world_.files / "pair";
};

TEST_F(TwoKeys, OneCommandIssuesAndProvesBoth) {
  add_pair();
  const auto issued =
      world_.run_json({"issue", "pbx.example.com", "--key-type", "ecdsa-p256,rsa-2048", "--server", "web"});
  ASSERT_EQ(issued["certificates"].size(), 2U);
  EXPECT_EQ(issued["certificates"][0]["certificate"]["label"], "pbx.example.com");
  EXPECT_EQ(issued["certificates"][1]["certificate"]["label"], "pbx.example.com-rsa");
  EXPECT_EQ(issued["certificates"][1]["deployments"][0]["state"], "verified");
  EXPECT_EQ(served_ecdsa(), world_.stored_fingerprint("pbx.example.com"));
  EXPECT_EQ(served_rsa(), world_.stored_fingerprint("pbx.example.com-rsa"));
  EXPECT_NE(served_rsa(), served_ecdsa());

  const auto again =
      world_.run_json({"issue", "pbx.example.com", "--key-type", "ecdsa-p256,rsa-2048", "--server", "web"});
  EXPECT_EQ(again["changed"], false);
  EXPECT_EQ(world_.run({"db", "check"}).exit_code, 0);
}

TEST_F(TwoKeys, EachIsRenewedAndWatchedOnItsOwn) {
  add_pair();
  ASSERT_EQ(world_.run({"issue", "pbx.example.com", "--key-type", "ecdsa-p256,rsa-2048", "--server", "web"})
                .exit_code,
            0);
  const auto ecdsa = served_ecdsa();
  ASSERT_EQ(world_.run({"renew", "--force", "pbx.example.com-rsa"}).exit_code, 0);
  EXPECT_EQ(served_rsa(), world_.stored_fingerprint("pbx.example.com-rsa"));
  EXPECT_EQ(served_ecdsa(), ecdsa);

  // Somebody restores a backup of the RSA files: only that deployment is repaired.
  lab::write_pair(lab::self_signed({"old.example.com"}), folder_ / "rsa.pem", folder_ / "rsa.key");
  EXPECT_EQ(world_.run({"deploy", "pbx.example.com-rsa", "--server", "web-rsa"}).exit_code, 0);
  EXPECT_EQ(served_rsa(), world_.stored_fingerprint("pbx.example.com-rsa"));
}

TEST_F(TwoKeys, WhatIsNoPairIsRefused) {
  EXPECT_THAT(add("web-rsa", "rsa", {"--beside", "web"}).errors, HasSubstr("there is no server 'web'"));
  ASSERT_EQ(add("web", "ecdsa").exit_code, 0);
  const auto other = world_.run({"server", "set", "web", "--only", "rsa"});
  EXPECT_EQ(other.exit_code, 0) << "nothing is deployed there yet";
  EXPECT_THAT(add("web-rsa", "rsa", {"--beside", "web"}).errors, HasSubstr("is for rsa keys as well"));
  ASSERT_EQ(world_.run({"server", "set", "web", "--only", "ecdsa"}).exit_code, 0);
  EXPECT_EQ(world_.run_json({"issue", "pbx.example.com", "--key-type", "rsa-2048", "--server", "web"},
                            2)["error"]["code"],
            "wrong_key_family");
  EXPECT_EQ(
      world_.run_json({"issue", "pbx.example.com", "--key-type", "rsa-2048,rsa-4096"}, 2)["error"]["code"],
      "unknown_key_type");
  ASSERT_EQ(world_.run({"server", "set", "web", "--clear", "only"}).exit_code, 0);
  EXPECT_EQ(
      world_.run_json({"issue", "pbx.example.com", "--key-type", "ecdsa-p256,rsa-2048", "--server", "web"},
                      2)["error"]["code"],
      "one_certificate_server");
  EXPECT_EQ(world_.run_json({"list"})["certificates"].size(), 0U);
}

}  // namespace
}  // namespace certmgr::e2e
