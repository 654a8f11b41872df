// SPDX-License-Identifier: MIT
#include "certmgr/domain/watch.h"

#include <gmock/gmock.h>

#include "certmgr/domain/retry.h"

namespace certmgr {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const Instant kNow{1732435740000ms};
const WatchPolicy kPolicy;
const std::string kOurs = "ours";

Served serves(const std::string& fingerprint, Instant not_after = kNow + std::chrono::days(60)) {
  Served served;
  served.target = "tls://h:1";
  served.fingerprint = fingerprint;
  served.not_after = not_after;
  if (fingerprint.empty()) served.trouble = "connection refused";
  return served;
}

DeploymentState failed(const std::string& code = "hook_failed") {
  return DeployFailed{{.code = code, .what = "cannot deploy", .why = "exit 1"}};
}
DeploymentState rolled_back(const std::string& code = "hook_failed") {
  return RolledBack{{.code = code, .what = "cannot deploy", .why = "exit 1"}};
}

/// A server with listeners whose newest deployment is number 7, of the current version.
WatchFacts facts(DeploymentState state, std::vector<Served> after = {serves(kOurs)}) {
  WatchFacts facts;
  facts.last.emplace();
  facts.last->id = 7;
  facts.last->reason = "renew";
  facts.last->state = std::move(state);
  facts.last->after = std::move(after);
  facts.last->entered_at = kNow;
  facts.expected = kOurs;
  facts.not_after = kNow + std::chrono::days(60);
  facts.current = true;
  facts.has_targets = true;
  return facts;
}

/// Knows of deployment 7, and is due.
Watch knows(WatchState state = WatchState::good) {
  Watch watch;
  watch.server_id = 3;
  watch.state = state;
  watch.judged_deployment = 7;
  watch.wake_at = kNow;
  return watch;
}

std::string reason_of(const WatchStep& step) {
  const auto* again = std::get_if<DeployAgain>(&step.action);
  return again == nullptr ? "" : again->reason;
}
bool waits(const WatchStep& step) { return std::holds_alternative<WaitForWatch>(step.action); }
bool looks(const WatchStep& step) { return std::holds_alternative<LookAtListeners>(step.action); }

WatchStep after(const Watch& watch, const WatchFacts& known, Instant now = kNow, double jitter = 0) {
  return look_after(watch, known, kPolicy, now, jitter);
}
WatchStep found(const Watch& watch, const WatchFacts& known, std::vector<Served> served, Instant now = kNow) {
  return looked(watch, known, std::move(served), kPolicy, now, 0);
}

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
    EXPECT_EQ(first.watch.wake_at, kNow + 32s);
    EXPECT_THAT(alarms_of(first.watch, kPolicy), ElementsAre(AlarmKind::deployment_failed));

    const auto early = after(first.watch, facts(state), kNow + 10s);
    EXPECT_TRUE(waits(early));
    EXPECT_EQ(early.watch, first.watch) << "looked at too early, it is not counted again";

    const auto due = after(first.watch, facts(state), kNow + 32s);
    EXPECT_EQ(reason_of(due), "retry");
    EXPECT_EQ(due.watch.failures, 1);
    EXPECT_EQ(due.watch.wake_at, kNow + 32s + kPolicy.soon) << "if the deployment is never opened";
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
      {"the first", 0, 1440h, 64s},
      {"the second", 1, 1440h, 128s},
      {"the fifth", 4, 1440h, 1024s},
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

TEST(Watch, AGoodLookEndsEverythingThatWasWrong) {
  Watch watch = knows(WatchState::parked);
  watch.repairs = 5;
  watch.unreachable_looks = 3;
  const auto step = found(watch, facts(Verified{kNow}), {serves(kOurs), serves(kOurs)});
  EXPECT_TRUE(waits(step));
  EXPECT_EQ(step.watch.state, WatchState::good);
  EXPECT_EQ(step.watch.checked_at, kNow);
  EXPECT_EQ(step.watch.wake_at, kNow + kPolicy.every);
  EXPECT_THAT(alarms_of(step.watch, kPolicy), IsEmpty());
}

TEST(Watch, LooksAreSpreadByATenth) {
  const auto step = looked(knows(), facts(Verified{kNow}), {serves(kOurs)}, kPolicy, kNow, 0.5);
  EXPECT_EQ(step.watch.wake_at, kNow + 57min);
}

struct Sight {
  const char* what;
  std::vector<Served> served;
  WatchState state;
  const char* action;
};

TEST(Watch, OneListenerIsEnoughToBeWrong) {
  const Sight cases[] = {
      {"all right", {serves(kOurs), serves(kOurs)}, WatchState::good, ""},
      {"one other", {serves(kOurs), serves("old")}, WatchState::wrong, "repair"},
      {"all other", {serves("old"), serves("x")}, WatchState::wrong, "repair"},
      {"one silent", {serves(kOurs), serves("")}, WatchState::unreachable, ""},
      {"all silent", {serves(""), serves("")}, WatchState::unreachable, ""},
      {"one silent, one other", {serves(""), serves("old")}, WatchState::wrong, "repair"},
      {"none there any more", {}, WatchState::unknown, ""},
  };
  for (const auto& one : cases) {
    const auto step = found(knows(), facts(Verified{kNow}), one.served);
    EXPECT_EQ(step.watch.state, one.state) << one.what;
    EXPECT_EQ(reason_of(step), one.action) << one.what;
    EXPECT_EQ(step.watch.served, one.served) << one.what;
    EXPECT_GT(step.watch.wake_at, kNow) << one.what;
  }
}

TEST(Watch, SilenceIsLookedIntoMoreOftenAndNeverDeployed) {
  Watch watch = knows();
  const Duration pauses[] = {1min, 2min, 4min, 8min, 16min, 32min, 1h, 1h};
  int looks_so_far = 0;
  Instant now = kNow;
  for (const auto pause : pauses) {
    const auto step = found(watch, facts(Verified{kNow}), {serves("")}, now);
    ++looks_so_far;
    EXPECT_TRUE(waits(step));
    EXPECT_EQ(step.watch.wake_at - now, pause) << looks_so_far;
    EXPECT_EQ(alarms_of(step.watch, kPolicy).count(AlarmKind::listener_down), looks_so_far >= 3 ? 1U : 0U);
    watch = step.watch;
    now = watch.wake_at;
    EXPECT_TRUE(looks(after(watch, facts(Verified{kNow}), now)));
  }
}

TEST(Watch, RepairedInVainItIsLeftToAPerson) {
  Watch watch = knows();
  Instant now = kNow;
  auto known = facts(Verified{kNow});
  const auto look = [&] { return found(watch, known, {serves("old")}, now); };
  const auto end_repair = [&] {
    ++known.last->id;
    known.last->reason = "repair";
    known.last->entered_at = now;
    watch = after(watch, known, now).watch;
    now = watch.wake_at;
  };
  for (int i = 1; i <= kPolicy.repairs_before_alarm; ++i) {
    const auto step = look();
    EXPECT_EQ(reason_of(step), "repair") << i;
    EXPECT_EQ(step.watch.state, WatchState::wrong) << i;
    EXPECT_THAT(alarms_of(step.watch, kPolicy), IsEmpty()) << i;
    watch = step.watch;
    end_repair();
    EXPECT_EQ(watch.state, WatchState::good) << i;
  }
  auto step = look();
  EXPECT_TRUE(waits(step)) << "enough is enough";
  EXPECT_EQ(step.watch.state, WatchState::parked);
  EXPECT_THAT(alarms_of(step.watch, kPolicy), ElementsAre(AlarmKind::listener_wrong));
  watch = step.watch;
  // From then on ever more rarely: 2, 4, 8 hours after the last one, with a look every hour.
  for (const auto pause : {2h, 4h, 8h, 16h, 24h, 24h}) {
    const Instant last = known.last->entered_at;
    now = watch.wake_at;
    while (reason_of(step = look()).empty()) {
      EXPECT_EQ(step.watch.state, WatchState::parked);
      EXPECT_LE(step.watch.wake_at - now, kPolicy.every);
      watch = step.watch;
      now = watch.wake_at;
    }
    EXPECT_EQ(now - last, pause);
    watch = step.watch;
    end_repair();
    EXPECT_EQ(watch.state, WatchState::parked) << "one proof is not believed any more";
    EXPECT_THAT(alarms_of(watch, kPolicy), ElementsAre(AlarmKind::listener_wrong));
  }
  EXPECT_THAT(alarms_of(found(watch, known, {serves(kOurs)}, now).watch, kPolicy), IsEmpty());
}

TEST(Watch, AWrongListenerWithAnOldVersionDeployedIsOnlyTold) {
  auto known = facts(Verified{kNow});
  known.current = false;
  Watch watch = knows();
  for (int i = 1; i <= 5; ++i) {
    const auto step = found(watch, known, {serves("other")});
    EXPECT_TRUE(waits(step)) << i;
    EXPECT_EQ(alarms_of(step.watch, kPolicy).count(AlarmKind::listener_wrong), i > 3 ? 1U : 0U) << i;
    watch = step.watch;
  }
  EXPECT_EQ(watch.state, WatchState::parked);
}

TEST(Watch, ASilentListenerThatWasWrongStaysParked) {
  Watch watch = knows(WatchState::parked);
  watch.repairs = 4;
  const auto step = found(watch, facts(Verified{kNow}), {serves("")});
  EXPECT_EQ(step.watch.state, WatchState::parked);
  EXPECT_THAT(alarms_of(step.watch, kPolicy), ElementsAre(AlarmKind::listener_wrong));
}

TEST(Watch, KnowsWhichEndsItHasNotSeen) {
  Watch watch = knows();
  EXPECT_FALSE(has_unjudged_end(watch, std::nullopt));
  EXPECT_FALSE(has_unjudged_end(watch, facts(Verified{kNow}).last));
  watch.judged_deployment = 6;
  EXPECT_TRUE(has_unjudged_end(watch, facts(Verified{kNow}).last));
  EXPECT_TRUE(has_unjudged_end(watch, facts(failed()).last));
  EXPECT_FALSE(has_unjudged_end(watch, facts(Pending{}).last));
}

}  // namespace
}  // namespace certmgr
