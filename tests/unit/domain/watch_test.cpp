// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "watch_builder.h"

namespace certmgr {
namespace {

using namespace std::chrono_literals;
using namespace watch_tests;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Watch, StatesHaveWords) {
  for (const auto state : {WatchState::unknown, WatchState::good, WatchState::wrong, WatchState::unreachable,
                           WatchState::failed, WatchState::parked})
    EXPECT_EQ(parse_watch_state(to_string(state)), state) << to_string(state);
  EXPECT_FALSE(parse_watch_state("").has_value());
  EXPECT_FALSE(parse_watch_state("fine").has_value());
}

TEST(Watch, WithNothingDeployedThereIsNothingToCompareWith) {
  Watch watch = knows(WatchState::failed);
  watch.failures = watch.repairs = watch.unreachable_looks = 4;
  const auto step = after(watch, WatchFacts{});
  EXPECT_TRUE(waits(step));
  EXPECT_EQ(step.watch.state, WatchState::unknown);
  EXPECT_EQ(step.watch.wake_at, kNow + kPolicy.every);
  EXPECT_THAT(alarms_of(step.watch, kPolicy), IsEmpty());
}

TEST(Watch, WaitsForAnOpenDeploymentWithoutForgetting) {
  for (const DeploymentState& state : {DeploymentState(Pending{}), DeploymentState(Staged{}),
                                       DeploymentState(Reloaded{}), DeploymentState(RollingBack{})}) {
    Watch watch = knows(WatchState::failed);
    watch.failures = 2;
    const auto step = after(watch, facts(state));
    EXPECT_TRUE(waits(step)) << name_of(state);
    EXPECT_EQ(step.watch.state, WatchState::failed) << name_of(state);
    EXPECT_EQ(step.watch.failures, 2) << name_of(state);
    EXPECT_EQ(step.watch.wake_at, kNow + kPolicy.every) << name_of(state);
  }
}

TEST(Watch, AFailureIsTriedAgainLaterAndOnlyOncePerWait) {
  for (const auto& state : {failed(), rolled_back()}) {
    Watch watch = knows();
    watch.judged_deployment = 6;
    const auto first = after(watch, facts(state));
    EXPECT_TRUE(waits(first));
    EXPECT_EQ(first.watch.state, WatchState::failed);
    EXPECT_EQ(first.watch.failures, 1);
    EXPECT_EQ(first.watch.judged_deployment, 7);
    EXPECT_EQ(first.watch.wake_at, kNow + 30s);
    EXPECT_THAT(alarms_of(first.watch, kPolicy), ElementsAre(AlarmKind::deployment_failed));

    const auto early = after(first.watch, facts(state), kNow + 10s);
    EXPECT_TRUE(waits(early));
    EXPECT_EQ(early.watch, first.watch) << "looked at too early, it is not counted again";

    const auto due = after(first.watch, facts(state), kNow + 30s);
    EXPECT_EQ(reason_of(due), "retry");
    EXPECT_EQ(due.watch.failures, 1);
    EXPECT_EQ(due.watch.wake_at, kNow + 30s + kPolicy.soon) << "if the deployment is never opened";
  }
}

struct Pause {
  const char* what;
  int failures;  // before this one
  Duration served_for;
  Duration longest;
};

TEST(Watch, RetriesDoubleUpToAShareOfTheTimeLeft) {
  const Pause cases[] = {
      {"the first", 0, 1440h, 60s},
      {"the second", 1, 1440h, 120s},
      {"the fifth", 4, 1440h, 960s},
      {"never more than a day", 60, 14400h, 24h},
      {"a 48th of what is left", 60, 48h, 1h},
      {"near the end every five minutes", 60, 1h, 5min},
      {"too late, every hour", 60, -1h, 1h},
  };
  for (const auto& one : cases) {
    Watch watch = knows();
    watch.judged_deployment = 6;
    watch.failures = one.failures;
    const auto known = facts(rolled_back(), {serves("old", kNow + one.served_for)});
    const auto least = after(watch, known, kNow, 0).watch.wake_at - kNow;
    const auto most = after(watch, known, kNow, 0.999999).watch.wake_at - kNow;
    EXPECT_EQ(least, one.longest / 2) << one.what;
    EXPECT_LE(most, one.longest) << one.what;
    EXPECT_GT(most, one.longest * 9 / 10) << one.what;
  }
}

TEST(Watch, WhereNothingIsServedTheVersionsOwnEndCounts) {
  Watch watch = knows();
  watch.judged_deployment = 6;
  watch.failures = 60;
  auto known = facts(failed(), {serves("")});
  known.not_after = kNow + 48h;
  EXPECT_EQ(after(watch, known).watch.wake_at, kNow + 30min);
}

TEST(Watch, WhatWasNeverTriedIsNoFailure) {
  for (const char* code : {"superseded", "server_removed", "detached"}) {
    Watch watch = knows();
    watch.judged_deployment = 6;
    const auto step = after(watch, facts(failed(code)));
    EXPECT_TRUE(waits(step)) << code;
    EXPECT_EQ(step.watch.failures, 0) << code;
    EXPECT_EQ(step.watch.judged_deployment, 7) << code;
    EXPECT_GT(step.watch.wake_at, kNow) << code;
  }
}

TEST(Watch, AnOldVersionIsNotDeployedAgain) {
  auto known = facts(failed());
  known.current = false;
  Watch watch = knows(WatchState::failed);
  watch.failures = 1;
  const auto step = after(watch, known);
  EXPECT_TRUE(waits(step));
  EXPECT_EQ(step.watch.wake_at, kNow + kPolicy.every);
}

TEST(Watch, AVerifiedDeploymentIsALook) {
  Watch watch = knows(WatchState::failed);
  watch.judged_deployment = 6;
  watch.failures = 3;
  watch.repairs = 2;
  watch.unreachable_looks = 2;
  const auto step = after(watch, facts(Verified{kNow}));
  EXPECT_TRUE(waits(step));
  EXPECT_EQ(step.watch.state, WatchState::good);
  EXPECT_EQ(step.watch.failures, 0);
  EXPECT_EQ(step.watch.repairs, 0);
  EXPECT_EQ(step.watch.unreachable_looks, 0);
  EXPECT_EQ(step.watch.checked_at, kNow);
  EXPECT_EQ(step.watch.served.front().fingerprint, kOurs);
  EXPECT_EQ(step.watch.wake_at, kNow + kPolicy.every);
}

TEST(Watch, ARepairIsOnlyBelievedByTheNextLook) {
  for (const char* reason : {"repair", "retry"}) {
    Watch watch = knows(WatchState::wrong);
    watch.judged_deployment = 6;
    watch.repairs = 2;
    auto known = facts(Verified{kNow});
    known.last->reason = reason;
    const auto step = after(watch, known);
    EXPECT_EQ(step.watch.state, WatchState::good) << reason;
    EXPECT_EQ(step.watch.repairs, 2) << reason;
    EXPECT_EQ(found(step.watch, known, {serves(kOurs)}).watch.repairs, 0) << reason;
  }
}

TEST(Watch, AnEndLongAgoIsLookedAtNow) {
  Watch watch = knows(WatchState::unknown);
  watch.judged_deployment = 0;
  const auto step = after(watch, facts(Verified{kNow}), kNow + 5h);
  EXPECT_TRUE(looks(step));
  EXPECT_EQ(step.watch.judged_deployment, 7);
}

TEST(Watch, LooksWhenItIsDueAndNotBefore) {
  EXPECT_TRUE(looks(after(knows(), facts(Verified{kNow}))));
  Watch later = knows();
  later.wake_at = kNow + 1ms;
  const auto step = after(later, facts(Verified{kNow}));
  EXPECT_TRUE(waits(step));
  EXPECT_EQ(step.watch, later);
}

TEST(Watch, WithoutListenersNothingIsLookedAtButFailuresAreTriedAgain) {
  auto known = facts(Verified{kNow}, {});
  known.has_targets = false;
  const auto step = after(knows(), known);
  EXPECT_TRUE(waits(step));
  EXPECT_EQ(step.watch.state, WatchState::unknown);
  auto bad = facts(rolled_back(), {});
  bad.has_targets = false;
  EXPECT_EQ(reason_of(after(knows(WatchState::failed), bad)), "retry");
}

}  // namespace
}  // namespace certmgr
