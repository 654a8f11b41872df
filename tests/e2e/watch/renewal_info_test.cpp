// SPDX-License-Identifier: MIT
// The CA wants certificates to be renewed before their time (RFC 9773).
#include <gmock/gmock.h>

#include <csignal>

#include "e2e/world/moved_clock.h"
#include "lab/process.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::e2e {
namespace {

using lab::wait_until;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace resources = lab::strict::resources;

class RenewalInfo : public ::testing::Test {
 protected:
  nlohmann::json run(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const auto outcome = certmgr_.run(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
    return outcome.json();
  }
  nlohmann::json shown() const { return run({"show", "a.example.com"})["certificate"]; }
  /// Lets the daemon see the new time now and not only within half a minute.
  void move_clock(lab::Process& daemon, const std::string& by) const {
    clock_.move(by);
    daemon.signal(SIGHUP);
  }
  lab::Process start_daemon() {
    auto daemon = certmgr_.start({"daemon"});
    EXPECT_TRUE(wait_until([&] { return daemon.errors().find("at work") != std::string::npos; }));
    return daemon;
  }
  void incident() {
    ca_.change([](auto& behaviour) {
      behaviour.window = lab::strict::Window{"2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"};
      behaviour.explanation_url = "https://ca.example/incident";
    });
  }

  lab::StrictCa ca_;
  lab::Certmgr certmgr_{CERTMGR_TEST_PROGRAM, lab::config_for(ca_)};
  lab::TempDir files_;
  MovedClock clock_{certmgr_, files_ / "clock"};
};

TEST_F(RenewalInfo, AWindowThatMovesIntoThePastRenewsAtTheNextLook) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "libfaketime cannot be loaded before a sanitizer's library";
#endif
  ASSERT_TRUE(clock_.works()) << "libfaketime is not installed";
  run({"issue", "a.example.com"});
  auto daemon = start_daemon();
  move_clock(daemon, "+2h");
  ASSERT_TRUE(wait_until([&] { return shown()["renewal_info"].is_object(); })) << daemon.errors();
  const auto first = shown();
  EXPECT_EQ(first["versions"].size(), 1U) << "its window is weeks away";
  EXPECT_EQ(ca_.count(resources::kRenewalInfo), 1);

  incident();
  move_clock(daemon, "+9h");
  ASSERT_TRUE(wait_until([&] { return shown()["versions"].size() > 1; })) << daemon.errors();
  EXPECT_EQ(ca_.replaced(), 1) << "the order says what it replaces";
  const auto history = run({"history", "a.example.com"}).dump();
  EXPECT_THAT(history, HasSubstr("https://ca.example/incident"));
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(std::chrono::seconds(20)), 0);
  EXPECT_EQ(shown()["versions"].size(), 2U) << "a CA whose windows have always passed gets one order an hour";
  EXPECT_THAT(ca_.violations(), IsEmpty());
}

TEST_F(RenewalInfo, TheCommandRenewsWithoutADaemon) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "libfaketime cannot be loaded before a sanitizer's library";
#endif
  ASSERT_TRUE(clock_.works()) << "libfaketime is not installed";
  run({"issue", "a.example.com"});
  clock_.move("+2h");
  EXPECT_THAT(run({"renew"})["renewals"], IsEmpty());
  EXPECT_EQ(ca_.count(resources::kRenewalInfo), 1);
  incident();
  EXPECT_THAT(run({"renew"})["renewals"], IsEmpty()) << "the CA said six hours";
  clock_.move("+9h");
  EXPECT_EQ(run({"renew"})["renewals"].size(), 1U);
  EXPECT_EQ(shown()["versions"].size(), 2U);
  EXPECT_EQ(ca_.replaced(), 1);
  EXPECT_THAT(ca_.violations(), IsEmpty());
}

}  // namespace
}  // namespace certmgr::e2e
