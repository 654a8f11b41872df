// SPDX-License-Identifier: MIT
// An order that a CA takes its time with, without anybody having been asked.
#include <gmock/gmock.h>

#include "lab/certmgr.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::e2e {
namespace {

namespace resources = lab::strict::resources;

TEST(HeldOrder, IsWaitedForAndNotBegunAnew) {
  lab::StrictCa ca;
  lab::Certmgr certmgr(CERTMGR_TEST_PROGRAM, lab::config_for(ca));
  ca.change([](auto& behaviour) { behaviour.hold_orders = true; });
  auto daemon = certmgr.start({"daemon"});
  ASSERT_TRUE(lab::wait_until([&] { return daemon.errors().find("at work") != std::string::npos; }));
  ASSERT_EQ(certmgr.run({"issue", "pbx.example.com", "--no-deploy", "--no-wait"}).exit_code, 4);
  ASSERT_TRUE(lab::wait_until([&] { return ca.held_orders().size() == 1; })) << daemon.errors();
  const int proofs = ca.count(resources::kAuthorization);
  const int looks = ca.count(resources::kOrder);
  // So many looks, each twice as long after the one before, take longer than a scheduler keeps a task.
  ASSERT_TRUE(
      lab::wait_until([&] { return ca.count(resources::kOrder) >= looks + 7; }, std::chrono::seconds(40)));
  EXPECT_EQ(ca.count(resources::kAuthorization), proofs) << "what was proven is not looked at again";
  EXPECT_EQ(ca.count(resources::kFinalize), 1);
  EXPECT_THAT(certmgr.run({"show", "pbx.example.com"}).output, testing::HasSubstr("awaiting_ca"));
  ca.approve(ca.held_orders().front());
  EXPECT_TRUE(lab::wait_until([&] {
    return certmgr.run({"show", "pbx.example.com", "--json"}).json()["certificate"]["state"] == "issued";
  })) << daemon.errors();
  EXPECT_THAT(ca.violations(), testing::IsEmpty());
}

/// A CA that looks from several places, or at many names, takes longer than a scheduler keeps a task.
TEST(HeldOrder, IsProvenOnceHoweverLongTheCaLooks) {
  lab::StrictCa ca;
  lab::Certmgr certmgr(CERTMGR_TEST_PROGRAM, lab::config_for(ca));
  ca.change([](auto& behaviour) {
    behaviour.proofs_rest = true;
    behaviour.polls_wait = false;
    behaviour.retry_after_order = "3";
  });
  auto daemon = certmgr.start({"daemon"});
  ASSERT_TRUE(lab::wait_until([&] { return daemon.errors().find("at work") != std::string::npos; }));
  ASSERT_EQ(certmgr.run({"issue", "pbx.example.com", "--no-deploy", "--no-wait"}).exit_code, 4);
  ASSERT_TRUE(lab::wait_until([&] { return ca.count(resources::kOrder) >= 3; }, std::chrono::seconds(40)));
  ca.change([](auto& behaviour) { behaviour.proofs_rest = false; });
  EXPECT_TRUE(lab::wait_until(
      [&] {
        return certmgr.run({"show", "pbx.example.com", "--json"}).json()["certificate"]["state"] == "issued";
      },
      std::chrono::seconds(40)))
      << daemon.errors();
  EXPECT_EQ(ca.count(resources::kAuthorization), 1);
  EXPECT_EQ(ca.count(resources::kChallenge), 1) << "it was answered" << daemon.errors();
  EXPECT_THAT(ca.violations(), testing::IsEmpty());
}

}  // namespace
}  // namespace certmgr::e2e
