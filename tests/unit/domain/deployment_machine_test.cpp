// SPDX-License-Identifier: MIT
#include "certmgr/domain/deployment_machine.h"

#include <gtest/gtest.h>

#include <random>

namespace certmgr {
namespace {

using namespace std::chrono_literals;

const Instant kNow{1732435740000ms};
const std::string kNew = "new";
const DeployLimits kLimits;

Served serves(const std::string& fingerprint, const std::string& target = "tls://h:1") {
  Served served;
  served.target = target;
  served.fingerprint = fingerprint;
  if (fingerprint.empty()) served.trouble = "connection refused";
  return served;
}

Deployment fresh() {
  Deployment deployment;
  deployment.id = 1;
  deployment.reason = "issue";
  deployment.created_at = deployment.entered_at = deployment.wake_at = kNow;
  return deployment;
}

Trouble broken() {
  return {.kind = TroubleKind::permanent, .code = "hook_failed", .what = "no", .why = "exit 1"};
}

/// Performs `outcome` for whatever is decided, checking that it is `Expected`.
template <class Expected>
Deployment step(Deployment deployment, const DeployOutcome& outcome, Instant now = kNow) {
  const auto action = decide(deployment, kNew, now);
  EXPECT_TRUE(std::holds_alternative<Expected>(action)) << describe(action, deployment);
  return apply(before_action(std::move(deployment), action, now), outcome, kNew, now, kLimits);
}

Deployment reloaded_with_old_served() {
  Deployment d = step<Observe>(fresh(), Observed{{serves("old")}, false});
  d = step<PlaceFiles>(d, FilesPlaced{});
  d = step<CheckConfig>(d, HookDone{"syntax ok\n", false});
  return step<ReloadServer>(d, HookDone{"reloaded\n", false});
}

TEST(DeploymentMachine, TheHappyPathEndsInVerified) {
  Deployment d = reloaded_with_old_served();
  EXPECT_EQ(name_of(d.state), "reloaded");
  d = step<ProbeServed>(d, Observed{{serves("new")}, false});
  d = step<DropBackups>(d, BackupsDropped{});
  EXPECT_EQ(name_of(d.state), "verified");
  EXPECT_EQ(d.before.front().fingerprint, "old");
  EXPECT_EQ(d.after.front().fingerprint, "new");
  EXPECT_EQ(d.hook_output, "syntax ok\nreloaded\n");
}

TEST(DeploymentMachine, FilesAreMarkedAsStagedBeforeTheFirstIsTouched) {
  const Deployment d = step<Observe>(fresh(), Observed{{serves("old")}, false});
  const Deployment during = before_action(d, decide(d, kNew, kNow), kNow);
  ASSERT_TRUE(std::holds_alternative<Staged>(during.state));
  EXPECT_FALSE(std::get<Staged>(during.state).placed);
  EXPECT_TRUE(std::holds_alternative<PlaceFiles>(decide(during, kNew, kNow)))
      << "a crash here places them again";
}

TEST(DeploymentMachine, NothingIsReloadedWhenFilesAndListenersAreRightAlready) {
  const Deployment d = step<Observe>(fresh(), Observed{{serves("new")}, true});
  EXPECT_EQ(name_of(d.state), "verified");
}

TEST(DeploymentMachine, RightFilesButAnOldCertificateServedLeadToAReload) {
  const Deployment d = step<Observe>(fresh(), Observed{{serves("old")}, true});
  EXPECT_EQ(name_of(d.state), "pending");
}

TEST(DeploymentMachine, ADeployByHandReloadsWhereNoListenerCanTell) {
  Deployment d = fresh();
  d.reason = "manual";
  EXPECT_EQ(name_of(step<Observe>(d, Observed{{}, true}).state), "pending");
  EXPECT_EQ(name_of(step<Observe>(fresh(), Observed{{}, true}).state), "verified");
}

TEST(DeploymentMachine, AFailedCheckRestoresTheFilesAndNeverReloads) {
  Deployment d = step<Observe>(fresh(), Observed{{serves("old")}, false});
  d = step<PlaceFiles>(d, FilesPlaced{});
  d = step<CheckConfig>(d, DeployTroubled{broken(), "nginx: [emerg]\n"});
  d = step<RestoreFiles>(d, FilesRestored{});
  d = step<DropBackups>(d, BackupsDropped{});
  ASSERT_EQ(name_of(d.state), "rolled_back");
  EXPECT_EQ(std::get<RolledBack>(d.state).cause.code, "hook_failed");
  EXPECT_EQ(d.hook_output, "nginx: [emerg]\n");
}

TEST(DeploymentMachine, AFailedReloadGoesAllTheWayBackAndProvesTheOldCertificate) {
  Deployment d = step<Observe>(fresh(), Observed{{serves("old")}, false});
  d = step<PlaceFiles>(d, FilesPlaced{});
  d = step<CheckConfig>(d, HookDone{});
  d = step<ReloadServer>(d, DeployTroubled{broken(), ""});
  d = step<RestoreFiles>(d, FilesRestored{});
  d = step<ReloadServer>(d, HookDone{});
  d = step<ProbeServed>(d, Observed{{serves("old")}, false});
  d = step<DropBackups>(d, BackupsDropped{});
  EXPECT_EQ(name_of(d.state), "rolled_back");
}

TEST(DeploymentMachine, AListenerThatKeepsTheOldCertificateIsGivenTimeAndThenRolledBack) {
  Deployment d = reloaded_with_old_served();
  d = step<ProbeServed>(d, Observed{{serves("old")}, false});
  EXPECT_EQ(name_of(d.state), "reloaded");
  EXPECT_GT(d.wake_at, kNow);
  const Instant late = kNow + kLimits.verify;
  d = step<ProbeServed>(d, Observed{{serves("old")}, false}, late);
  ASSERT_EQ(name_of(d.state), "rolling_back");
  const auto& cause = std::get<RollingBack>(d.state).cause;
  EXPECT_EQ(cause.code, "verify_failed");
  EXPECT_NE(cause.why.find("tls://h:1"), std::string::npos);
}

TEST(DeploymentMachine, EveryListenerMustPresentTheNewCertificate) {
  Deployment d = step<Observe>(fresh(), Observed{{serves("old"), serves("old", "tls://h:2")}, false});
  d = step<PlaceFiles>(d, FilesPlaced{});
  d = step<CheckConfig>(d, HookDone{});
  d = step<ReloadServer>(d, HookDone{});
  d = step<ProbeServed>(d, Observed{{serves("new"), serves("old", "tls://h:2")}, false});
  EXPECT_EQ(name_of(d.state), "reloaded");
}

TEST(DeploymentMachine, WhatPresentedNothingBeforeNeedNotComeBack) {
  Deployment d = step<Observe>(fresh(), Observed{{serves("")}, false});
  d = step<PlaceFiles>(d, FilesPlaced{});
  d = step<CheckConfig>(d, HookDone{});
  d = step<ReloadServer>(d, HookDone{});
  d = step<ProbeServed>(d, Observed{{serves("")}, false}, kNow + kLimits.verify);
  d = step<RestoreFiles>(d, FilesRestored{}, kNow + kLimits.verify);
  d = step<ReloadServer>(d, HookDone{}, kNow + kLimits.verify);
  d = step<DropBackups>(d, BackupsDropped{}, kNow + kLimits.verify);
  EXPECT_EQ(name_of(d.state), "rolled_back");
}

TEST(DeploymentMachine, AnOldCertificateThatDoesNotComeBackIsAFailureThatNamesBoth) {
  Deployment d = reloaded_with_old_served();
  const Instant late = kNow + kLimits.verify;
  d = step<ProbeServed>(d, Observed{{serves("x")}, false}, late);
  d = step<RestoreFiles>(d, FilesRestored{}, late);
  d = step<ReloadServer>(d, HookDone{}, late);
  d = step<ProbeServed>(d, Observed{{serves("x")}, false}, late + kLimits.verify);
  ASSERT_EQ(name_of(d.state), "failed");
  EXPECT_NE(std::get<DeployFailed>(d.state).cause.why.find("old certificate"), std::string::npos);
}

TEST(DeploymentMachine, WhatFailsOnTheWayBackIsToldOnceIfItIsTheSame) {
  const auto failed_back = [](const Trouble& on_the_way_back) {
    Deployment d = step<Observe>(fresh(), Observed{{serves("old")}, false});
    d = step<PlaceFiles>(d, FilesPlaced{});
    d = step<CheckConfig>(d, HookDone{});
    d = step<ReloadServer>(d, DeployTroubled{broken(), "exit 1"});
    d = step<RestoreFiles>(d, FilesRestored{});
    d = step<ReloadServer>(d, DeployTroubled{on_the_way_back, "exit 1"});
    return std::get<DeployFailed>(d.state).cause.why;
  };
  EXPECT_EQ(failed_back(broken()), "exit 1; going back failed in the same way");
  Trouble other = broken();
  other.why = "exit 2";
  EXPECT_EQ(failed_back(other), "exit 1; going back failed too: no: exit 2");
}

TEST(DeploymentMachine, ABusyHookIsAskedAgainLaterAndNotForEver) {
  Deployment d = step<Observe>(fresh(), Observed{{serves("old")}, false});
  d = step<PlaceFiles>(d, FilesPlaced{});
  Instant now = kNow;
  for (int i = 1; i < kLimits.not_now_tries; ++i) {
    d = step<CheckConfig>(d, HookDone{"", true}, now);
    EXPECT_EQ(name_of(d.state), "staged");
    EXPECT_GT(d.wake_at, now);
    now = d.wake_at;
  }
  d = step<CheckConfig>(d, HookDone{"", true}, now);
  ASSERT_EQ(name_of(d.state), "rolling_back");
  EXPECT_EQ(std::get<RollingBack>(d.state).cause.code, "hook_not_now");
}

TEST(DeploymentMachine, FilesThatCannotBePlacedLeaveTheServerAlone) {
  Deployment d = step<Observe>(fresh(), Observed{{serves("old")}, false});
  d = step<PlaceFiles>(d, DeployTroubled{broken(), ""});
  ASSERT_EQ(name_of(d.state), "rolling_back");
  EXPECT_FALSE(std::get<RollingBack>(d.state).reload_needed);
}

TEST(DeploymentMachine, TheOutputKeptOfAHookIsBounded) {
  Deployment d = step<Observe>(fresh(), Observed{{}, false});
  d = step<PlaceFiles>(d, FilesPlaced{});
  d = step<CheckConfig>(d, HookDone{std::string(100000, 'a') + "end", false});
  EXPECT_EQ(d.hook_output.size(), 64U * 1024U);
  EXPECT_TRUE(d.hook_output.ends_with("end"));
}

TEST(DeploymentWalk, NoWalkIsVerifiedWithoutAProofByEveryListener) {
  std::mt19937 random(20261124);
  const std::vector<DeployOutcome> outcomes{Observed{{serves("old")}, false},
                                            Observed{{serves("new")}, false},
                                            Observed{{serves("new")}, true},
                                            Observed{{serves("")}, false},
                                            FilesPlaced{},
                                            HookDone{},
                                            HookDone{"", true},
                                            FilesRestored{},
                                            DeployTroubled{broken(), ""}};
  int verified = 0;
  for (int walk = 0; walk < 20000; ++walk) {
    Deployment d = fresh();
    Instant now = kNow;
    for (int i = 0; i < 60 && !is_final(d.state); ++i) {
      const auto action = decide(d, kNew, now);
      now += 500ms;
      if (std::holds_alternative<DeploySleep>(action)) continue;
      if (std::holds_alternative<DropBackups>(action)) {
        d = apply(d, BackupsDropped{}, kNew, now, kLimits);
        continue;
      }
      const auto& outcome =
          outcomes[std::uniform_int_distribution<std::size_t>(0, outcomes.size() - 1)(random)];
      d = apply(before_action(std::move(d), action, now), outcome, kNew, now, kLimits);
    }
    if (std::holds_alternative<Verified>(d.state)) {
      ++verified;
      ASSERT_EQ(d.after.size(), 1U);
      ASSERT_EQ(d.after.front().fingerprint, "new");
    }
  }
  EXPECT_GT(verified, 0) << "the walks never get there: the test proves nothing";
}

}  // namespace
}  // namespace certmgr
