// SPDX-License-Identifier: MIT
#include "lab/apache.h"

#include "e2e/servers/server_program.h"

namespace certmgr::e2e {
namespace {

class ApacheProgram : public ServerProgram {
 protected:
  void SetUp() override {
    if (!installed("apache2")) GTEST_SKIP() << "apache2 is not installed";
    write_both_families(folder_);
    apache_.emplace(std::vector<lab::ApacheCertificate>{{file("ecdsa.pem"), file("ecdsa.key")},
                                                        {file("rsa.pem"), file("rsa.key")}});
    const auto command = apache_->program().string() + " -f " + apache_->config_file().string();
    write_hook(hook_, "case $1 in\ncheck) " + command + " -t ;;\nreload) " + command +
                          " -k graceful ;;\n*) exit 64 ;;\nesac\n");
  }
  [[nodiscard]] std::string file(const std::string& name) const { return (folder_ / name).string(); }

  std::optional<lab::Apache> apache_;
};

TEST_F(ApacheProgram, ServesAnEcdsaAndAnRsaCertificateOnOneListener) {
  const auto target = "https://127.0.0.1:" + std::to_string(apache_->port());
  add("web",
      {"--only", "ecdsa", "--key", file("ecdsa.key"), "--fullchain", file("ecdsa.pem"), "--verify", target});
  add("web-rsa", {"--only", "rsa", "--beside", "web", "--key", file("rsa.key"), "--fullchain",
                  file("rsa.pem"), "--verify", target});
  expect_a_pair_is_served(apache_->port());
}

}  // namespace
}  // namespace certmgr::e2e
