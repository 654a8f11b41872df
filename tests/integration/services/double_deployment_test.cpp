// SPDX-License-Identifier: MIT
// A command and a daemon both see to it that a new version is deployed: it is deployed once.
#include <gtest/gtest.h>

#include "world.h"

namespace certmgr::test {
namespace {

class TwoWhoDeploy : public testing::Test {
 protected:
  TwoWhoDeploy() { world_.start()->register_server(); }
  IssueReport issue() { return world_.start()->issue(request_for({"a.example"}, {"pbx"})); }
  std::size_t deployments() { return world_.start()->deployments().size(); }

  World world_;
};

TEST_F(TwoWhoDeploy, TheCommandTakesWhatTheDaemonHasProven) {
  world_.plan.when_issued = [this] {
    const auto daemon = world_.start();
    daemon->look_after("a.example");
    daemon->deploy_what_is_due();
  };
  const auto report = issue();
  EXPECT_EQ(report.end, IssueReport::End::done) << (report.trouble ? report.trouble->message() : "");
  EXPECT_EQ(deployments(), 1U);
  EXPECT_EQ(world_.server.reloads, 1);
}

TEST_F(TwoWhoDeploy, TheCommandTellsOfTheDaemonsFailureAndDoesNotRepeatIt) {
  world_.server.reload_exit = 1;
  world_.plan.when_issued = [this] {
    const auto daemon = world_.start();
    daemon->look_after("a.example");
    daemon->deploy_what_is_due();
  };
  const auto report = issue();
  EXPECT_EQ(report.end, IssueReport::End::deploy_failed);
  EXPECT_EQ(report.trouble->code, "hook_failed");
  EXPECT_EQ(deployments(), 1U);
  EXPECT_EQ(world_.server.reloads, 2) << "the new files, and the old ones again";
}

TEST_F(TwoWhoDeploy, TheCommandGoesOnWithWhatTheDaemonOpenedThisMoment) {
  world_.plan.before_opening = [this] { world_.start()->look_after("a.example"); };
  EXPECT_EQ(issue().end, IssueReport::End::done);
  EXPECT_EQ(deployments(), 1U);
  EXPECT_EQ(world_.server.reloads, 1);
}

class TwoWhoDeployOneAfterTheOther : public TwoWhoDeploy, public testing::WithParamInterface<int> {};

TEST_P(TwoWhoDeployOneAfterTheOther, TheDaemonHasNothingToDoAfterTheCommand) {
  world_.server.reload_exit = GetParam();
  static_cast<void>(issue());
  ASSERT_EQ(deployments(), 1U);
  const auto daemon = world_.start();
  daemon->look_after("a.example");
  daemon->deploy_what_is_due();
  EXPECT_EQ(deployments(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Ends, TwoWhoDeployOneAfterTheOther, testing::Values(0, 1),
                         [](const auto& of) { return of.param == 0 ? "verified" : "rolled_back"; });

}  // namespace
}  // namespace certmgr::test
