// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "watch_builder.h"

namespace certmgr {
namespace {

using namespace std::chrono_literals;
using namespace watch_tests;
using testing::ElementsAre;
using testing::IsEmpty;

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
