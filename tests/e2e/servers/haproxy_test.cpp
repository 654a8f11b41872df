// SPDX-License-Identifier: MIT
// HAProxy reads key and chain from one file, and is reloaded by its master.
#include "lab/haproxy.h"

#include <gmock/gmock.h>

#include "e2e/servers/server_program.h"

namespace certmgr::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class HaproxyProgram : public ServerProgram {
 protected:
  void SetUp() override {
    if (!installed("haproxy")) GTEST_SKIP() << "haproxy is not installed";
    write_both_families(folder_);
    for (const std::string family : {"ecdsa", "rsa"})
      lab::write_file(combined(family), lab::read_file(folder_ / (family + ".key")) +
                                            lab::read_file(folder_ / (family + ".pem")));
  }
  [[nodiscard]] fs::path combined(const std::string& family) const { return folder_ / (family + ".all"); }
  void start(const std::vector<fs::path>& certificates) {
    haproxy_.emplace(certificates);
    write_hook(hook_, "case $1 in\ncheck) " + haproxy_->program().string() + " -c -f " +
                          haproxy_->config_file().string() + " ;;\nreload) kill -USR2 \"$(cat " +
                          haproxy_->pid_file().string() + ")\" ;;\n*) exit 64 ;;\nesac\n");
  }
  [[nodiscard]] std::string target() const { return "tls://127.0.0.1:" + std::to_string(haproxy_->port()); }
  [[nodiscard]] std::string served() const { return lab::tls_fingerprint("127.0.0.1", haproxy_->port()); }

  std::optional<lab::Haproxy> haproxy_;
};

TEST_F(HaproxyProgram, TakesANewCertificateAndEachRenewal) {
  start({combined("ecdsa")});
  add("web", {"--combined", combined("ecdsa").string(), "--verify", target()});
  const auto issued = world_.run_json({"issue", "lb.example.com", "--server", "web"});
  EXPECT_EQ(issued["deployments"][0]["state"], "verified");
  const auto first = world_.stored_fingerprint("lb.example.com");
  EXPECT_EQ(served(), first);
  EXPECT_EQ(fs::status(combined("ecdsa")).permissions() & fs::perms::others_all, fs::perms::none);

  ASSERT_EQ(world_.run({"renew", "--force", "lb.example.com"}).exit_code, 0);
  EXPECT_NE(world_.stored_fingerprint("lb.example.com"), first);
  EXPECT_EQ(served(), world_.stored_fingerprint("lb.example.com"));
}

TEST_F(HaproxyProgram, KeepsTheOldOneWhenItsConfigurationIsBroken) {
  start({combined("ecdsa")});
  add("web", {"--combined", combined("ecdsa").string(), "--verify", target()});
  const auto before = served();
  const auto file = lab::read_file(combined("ecdsa"));
  haproxy_->break_config();
  const auto refused = world_.run({"issue", "lb.example.com", "--server", "web"});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.errors, HasSubstr("no-such-word"));
  EXPECT_EQ(lab::read_file(combined("ecdsa")), file);
  EXPECT_EQ(served(), before);
  EXPECT_THAT(world_.leftovers(), ::testing::IsEmpty());
}

TEST_F(HaproxyProgram, ServesAnEcdsaAndAnRsaCertificateOnOneListener) {
  start({combined("rsa"), combined("ecdsa")});
  add("web", {"--only", "ecdsa", "--combined", combined("ecdsa").string(), "--verify", target()});
  add("web-rsa",
      {"--only", "rsa", "--beside", "web", "--combined", combined("rsa").string(), "--verify", target()});
  expect_a_pair_is_served(haproxy_->port());
  // By the key it chooses only among certificates for the name asked for.
  EXPECT_EQ(served_to("rsa", haproxy_->port(), ""), world_.stored_fingerprint("pbx.example.com-rsa"))
      << "old phones ask for no name: they are given the first";
  EXPECT_EQ(served_to("ecdsa", haproxy_->port(), ""), "");
}

}  // namespace
}  // namespace certmgr::e2e
