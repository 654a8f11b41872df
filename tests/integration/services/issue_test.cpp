// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "world.h"

namespace certmgr::test {
namespace {

TEST(Issue, ObtainsStoresDeploysAndVerifies) {
  World world;
  const auto process = world.start();
  process->register_server();
  const auto report = process->issue(request_for({"b.example", "a.example"}, {"pbx"}));
  EXPECT_EQ(report.end, IssueReport::End::done) << (report.trouble ? report.trouble->message() : "");
  EXPECT_TRUE(report.issued);
  EXPECT_EQ(report.certificate->spec.label, "b.example");
  ASSERT_EQ(report.deployments.size(), 1U);
  EXPECT_EQ(name_of(report.deployments.front().deployment->state), "verified");
  EXPECT_TRUE(world.solver.published.empty()) << "the proofs are withdrawn";
  EXPECT_TRUE(process->check().findings.empty());
}

TEST(Issue, TheSameCallAgainAsksTheCaForNothing) {
  World world;
  static_cast<void>(world.start()->issue(request_for({"a.example", "b.example"})));
  const auto again = world.start()->issue(request_for({"b.example", "a.example", "A.EXAMPLE"}, {}));
  EXPECT_TRUE(again.issued) << "another first name is another label";
  const auto same = world.start()->issue(request_for({"a.example", "b.example"}));
  EXPECT_FALSE(same.issued);
  EXPECT_FALSE(same.deployed);
  EXPECT_EQ(world.ca().orders_made, 2);
  EXPECT_EQ(world.ca().accounts_made, 1);
}

TEST(Issue, ChangedNamesAreOrderedAnewUnderTheSameLabel) {
  World world;
  static_cast<void>(world.start()->issue(request_for({"a.example"})));
  const auto more = world.start()->issue(request_for({"a.example", "b.example"}));
  EXPECT_TRUE(more.issued);
  EXPECT_EQ(world.start()->versions("a.example").size(), 2U);
}

TEST(Issue, AFailedReloadIsReportedAndRolledBack) {
  World world;
  world.server.reload_exit = 1;
  const auto process = world.start();
  process->register_server();
  const auto report = process->issue(request_for({"a.example"}, {"pbx"}));
  EXPECT_EQ(report.end, IssueReport::End::deploy_failed);
  EXPECT_EQ(name_of(report.deployments.front().deployment->state), "rolled_back");
  EXPECT_EQ(world.server.file, "old");
  EXPECT_EQ(world.server.loaded, "old");
  EXPECT_EQ(report.trouble->code, "hook_failed");
}

TEST(Issue, AReloadThatSaysYesAndDoesNothingIsCaught) {
  World world;
  world.server.reads_files = false;
  const auto process = world.start();
  process->register_server();
  const auto report = process->issue(request_for({"a.example"}, {"pbx"}));
  EXPECT_EQ(report.end, IssueReport::End::deploy_failed);
  EXPECT_EQ(report.trouble->code, "verify_failed");
  EXPECT_EQ(world.server.file, "old");
}

TEST(Issue, AfterAFailedDeploymentTheSameCallDeploysWithoutANewOrder) {
  World world;
  world.server.check_exit = 1;
  {
    const auto process = world.start();
    process->register_server();
    EXPECT_EQ(process->issue(request_for({"a.example"}, {"pbx"})).end, IssueReport::End::deploy_failed);
    EXPECT_EQ(world.server.reloads, 0) << "a failed check stops before the reload";
  }
  world.server.check_exit = 0;
  const auto again = world.start()->issue(request_for({"a.example"}, {"pbx"}));
  EXPECT_EQ(again.end, IssueReport::End::done);
  EXPECT_FALSE(again.issued);
  EXPECT_TRUE(again.deployed);
  EXPECT_EQ(world.ca().orders_made, 1);
}

TEST(Issue, UnknownServersAreRefusedBeforeAnythingIsOrdered) {
  World world;
  const auto process = world.start();
  process->register_server();
  try {
    static_cast<void>(process->issue(request_for({"a.example"}, {"pbxx"})));
    FAIL() << "it was accepted";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.trouble().code, "unknown_server");
    EXPECT_EQ(failure.trouble().hint, "did you mean 'pbx'?");
  }
  EXPECT_EQ(world.ca().orders_made, 0);
  EXPECT_EQ(world.ca().accounts_made, 0);
}

/// Kills the program at every save, before and after it, and starts it again.
class CrashAnywhere : public testing::TestWithParam<bool> {};

TEST_P(CrashAnywhere, EndsInOneCertificateOneAccountOneOrderAndNoOrphans) {
  const bool after = GetParam();
  int crashes = 0;
  for (int save = 1; save < 60; ++save) {
    World world;
    world.plan.at_save = save;
    world.plan.after = after;
    world.start()->register_server();
    try {
      static_cast<void>(world.start()->issue(request_for({"a.example", "b.example"}, {"pbx"})));
    } catch (const Crash&) {
      ++crashes;
    }
    const bool crashed = world.plan.crashed;
    const auto process = world.start();
    const auto report = process->issue(request_for({"a.example", "b.example"}, {"pbx"}));
    ASSERT_EQ(report.end, IssueReport::End::done)
        << "save " << save << ": " << (report.trouble ? report.trouble->message() : "");
    EXPECT_EQ(world.ca().accounts_made, 1) << "save " << save;
    EXPECT_EQ(world.ca().orders_made, 1) << "save " << save;
    EXPECT_EQ(world.ca().finalized, 1) << "save " << save;
    EXPECT_EQ(process->versions("a.example").size(), 1U) << "save " << save;
    EXPECT_EQ(name_of(report.deployments.front().deployment->state), "verified") << "save " << save;
    EXPECT_TRUE(world.server.kept.empty()) << "old files left behind after save " << save;
    EXPECT_TRUE(world.solver.published.empty()) << "save " << save;
    const auto health = process->check();
    EXPECT_TRUE(health.findings.empty())
        << "save " << save << ": " << (health.findings.empty() ? "" : health.findings.front());
    EXPECT_EQ(health.keys, 2) << "account and certificate, save " << save;
    if (!crashed) break;
  }
  EXPECT_GT(crashes, 15) << "the crashes never came: the test proves nothing";
}

INSTANTIATE_TEST_SUITE_P(Saves, CrashAnywhere, testing::Bool(),
                         [](const auto& param) { return param.param ? "AfterTheSave" : "BeforeTheSave"; });

}  // namespace
}  // namespace certmgr::test
