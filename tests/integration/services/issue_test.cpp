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

/// Otherwise a daemon would look at it again and again, as fast as it can.
TEST(Renewal, ThatIsWokenForNothingIsDueAgainWhenItWasToBe) {
  World world;
  const auto process = world.start();
  static_cast<void>(process->issue(request_for({"a.example"})));
  process->look_after("a.example");
  EXPECT_FALSE(process->renewal_is_due("a.example"));
  process->wake_renewal("a.example");
  EXPECT_TRUE(process->renewal_is_due("a.example"));
  process->look_after("a.example");
  EXPECT_FALSE(process->renewal_is_due("a.example"));
}

/// Kills the program at every moment of a kind, and starts it again.
class CrashAnywhere : public testing::TestWithParam<CrashPlan::Moment> {};

TEST_P(CrashAnywhere, EndsInOneCertificateOneAccountOneOrderAndNoOrphans) {
  int crashes = 0;
  for (int at = 1; at < 60; ++at) {
    World world;
    world.start()->register_server();
    world.plan.at = at;
    world.plan.moment = GetParam();
    try {
      static_cast<void>(world.start()->issue(request_for({"a.example", "b.example"}, {"pbx"})));
    } catch (const Crash&) {
      ++crashes;
    }
    const bool crashed = world.plan.crashed;
    const auto process = world.start();
    const auto report = process->issue(request_for({"a.example", "b.example"}, {"pbx"}));
    ASSERT_EQ(report.end, IssueReport::End::done)
        << "moment " << at << ": " << (report.trouble ? report.trouble->message() : "");
    EXPECT_EQ(world.ca().accounts_made, 1) << "moment " << at;
    EXPECT_EQ(world.ca().orders_made, 1) << "moment " << at;
    EXPECT_EQ(world.ca().finalized, 1) << "moment " << at;
    EXPECT_EQ(process->versions("a.example").size(), 1U) << "moment " << at;
    EXPECT_EQ(name_of(report.deployments.front().deployment->state), "verified") << "moment " << at;
    EXPECT_TRUE(world.server.kept.empty()) << "old files left behind, moment " << at;
    EXPECT_TRUE(world.solver.published.empty()) << "moment " << at;
    const auto health = process->check();
    EXPECT_TRUE(health.findings.empty())
        << "moment " << at << ": " << (health.findings.empty() ? "" : health.findings.front());
    EXPECT_EQ(health.keys, 2) << "account and certificate, moment " << at;
    if (!crashed) break;
  }
  EXPECT_GE(crashes, 8) << "the crashes never came: the test proves nothing";
}

std::string name_of_moment(const testing::TestParamInfo<CrashPlan::Moment>& moment) {
  switch (moment.param) {
    case CrashPlan::Moment::before_save:
      return "BeforeTheSave";
    case CrashPlan::Moment::after_save:
      return "AfterTheSave";
    case CrashPlan::Moment::lost_answer:
      break;
  }
  return "AnswerOfTheCaLost";
}

INSTANTIATE_TEST_SUITE_P(Moments, CrashAnywhere,
                         testing::Values(CrashPlan::Moment::before_save, CrashPlan::Moment::after_save,
                                         CrashPlan::Moment::lost_answer),
                         name_of_moment);

}  // namespace
}  // namespace certmgr::test
