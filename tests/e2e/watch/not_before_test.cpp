// SPDX-License-Identifier: MIT
// A certificate that was asked to be valid later is given to its server then, and not before.
#include <gtest/gtest.h>

#include "e2e/world/moved_clock.h"
#include "lab/authority.h"
#include "lab/nginx.h"
#include "lab/strict_ca/strict_ca.h"
#include "lab/tls_client.h"

namespace certmgr::e2e {
namespace {

class NotBefore : public ::testing::Test {
 protected:
  NotBefore() {
    ca_.change([](auto& behaviour) { behaviour.always_valid = true; });
    lab::write_pair(lab::self_signed({"placeholder.example.com"}), files_ / "fullchain.pem",
                    files_ / "key.pem");
    nginx_.emplace(lab::NginxOptions{.fullchain = files_ / "fullchain.pem", .key = files_ / "key.pem"});
    placeholder_ = served();
    run({"server", "add", "web", "--type", "nginx", "--key", (files_ / "key.pem").string(), "--fullchain",
         (files_ / "fullchain.pem").string(), "--set", "nginx_bin=" + nginx_->program().string(), "--set",
         "nginx_conf=" + nginx_->config_file().string(), "--verify",
         "https://127.0.0.1:" + std::to_string(nginx_->port())});
  }
  nlohmann::json run(std::vector<std::string> arguments, int code = 0) const {
    arguments.emplace_back("--json");
    const auto outcome = certmgr_.run(arguments);
    EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors;
    return outcome.json();
  }
  [[nodiscard]] std::string served() const { return lab::tls_fingerprint("127.0.0.1", nginx_->port()); }

  lab::StrictCa ca_;
  lab::TempDir files_;
  lab::Certmgr certmgr_{CERTMGR_TEST_PROGRAM, lab::config_for(ca_)};
  std::optional<lab::Nginx> nginx_;
  std::string placeholder_;
};

TEST_F(NotBefore, WaitsForItsTimeAndIsDeployedThen) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "libfaketime cannot be loaded before a sanitizer's library";
#endif
  const MovedClock clock(certmgr_, files_ / "clock");
  ASSERT_TRUE(clock.works()) << "libfaketime is not installed";
  const auto waiting = run({"issue", "a.example.com", "--not-before", "2h", "--server", "web"}, 4);
  EXPECT_EQ(waiting["error"]["code"], "not_valid_yet");
  EXPECT_EQ(waiting["error"]["retry_at"], waiting["certificate"]["not_before"]);
  EXPECT_EQ(served(), placeholder_);

  const auto by_hand = run({"deploy", "a.example.com"}, 2);
  EXPECT_EQ(by_hand["error"]["code"], "not_valid_yet");
  static_cast<void>(run({"daemon", "--once"}));
  EXPECT_EQ(served(), placeholder_) << "clients would refuse it";

  clock.move("+121m");
  static_cast<void>(run({"daemon", "--once"}));
  const auto shown = run({"show", "a.example.com"})["certificate"];
  EXPECT_EQ(served(), shown["fingerprint_sha256"]);
  EXPECT_EQ(shown["servers"][0]["state"], "verified");
  EXPECT_EQ(shown["versions"].size(), 1U) << "nothing was ordered anew";
}

}  // namespace
}  // namespace certmgr::e2e
