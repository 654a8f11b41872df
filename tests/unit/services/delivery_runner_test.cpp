// SPDX-License-Identifier: MIT
#include "certmgr/services/delivery_runner.h"

#include <gmock/gmock.h>

#include "alarm_fakes.h"

namespace certmgr {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DeliveryRunnerTest : public ::testing::Test {
 protected:
  void wait(int attempts, Duration age, Notice::Message message = Notice::Message::raised) {
    Delivery delivery;
    delivery.id = 5;
    delivery.channel = "mail";
    delivery.message = message;
    delivery.attempts = attempts;
    delivery.alarm.raised_at = clock_.at - age;
    delivery.alarm.draft = {AlarmKind::revoked, "sip.example.com", "revoked", "", ""};
    store_.waiting = delivery;
  }
  static Trouble trouble(TroubleKind kind) { return {.kind = kind, .code = "c", .what = "w", .why = "y"}; }
  StepResult step() {
    DeliveryRunner runner(store_, notifier_, clock_, "pbx1");
    return runner.step(5, progress_);
  }

  testing::SetClock clock_;
  testing::NotedAlarms store_;
  testing::ScriptedNotifier notifier_;
  testing::SilentProgress progress_;
};

TEST_F(DeliveryRunnerTest, SendsAndNotesIt) {
  wait(0, seconds(1));
  const auto result = step();
  EXPECT_TRUE(result.finished);
  EXPECT_FALSE(result.trouble.has_value());
  EXPECT_THAT(store_.notes, ElementsAre("delivered 5"));
  ASSERT_EQ(notifier_.sent.size(), 1U);
  EXPECT_EQ(notifier_.sent[0].first, "mail");
  EXPECT_EQ(notifier_.sent[0].second.host, "pbx1");
  EXPECT_EQ(notifier_.sent[0].second.alarm.draft.subject, "sip.example.com");
}

TEST_F(DeliveryRunnerTest, OneThatNoLongerWaitsIsNotSent) {
  EXPECT_TRUE(step().finished);
  EXPECT_THAT(notifier_.sent, IsEmpty());
}

TEST_F(DeliveryRunnerTest, ComesBackLaterAndLaterButEveryHour) {
  struct Case {
    int attempts;
    Duration least, most;
  };
  for (const Case& c : {Case{0, std::chrono::milliseconds(500), seconds(1)}, Case{3, seconds(4), seconds(8)},
                        Case{30, std::chrono::minutes(30), hours(1)}})
    for (const auto kind : {TroubleKind::transient, TroubleKind::configuration}) {
      wait(c.attempts, seconds(1));
      notifier_.answer = fail(trouble(kind));
      const auto result = step();
      EXPECT_FALSE(result.finished);
      EXPECT_EQ(result.failures, c.attempts + 1);
      EXPECT_EQ(result.wake_at, store_.again_at);
      EXPECT_GE(result.wake_at, clock_.at + c.least);
      EXPECT_LE(result.wake_at, clock_.at + c.most);
      EXPECT_EQ(store_.notes.back(), "failed: w: y");
    }
}

TEST_F(DeliveryRunnerTest, HeedsTheMomentTheOtherSideNames) {
  wait(0, seconds(1));
  Trouble busy = trouble(TroubleKind::transient);
  busy.retry_at = clock_.at + std::chrono::minutes(7);
  notifier_.answer = fail(busy);
  EXPECT_EQ(step().wake_at, *busy.retry_at);
  busy.retry_at = clock_.at + hours(500);
  notifier_.answer = fail(busy);
  EXPECT_EQ(step().wake_at, clock_.at + kLongestDeliveryPause);
}

TEST_F(DeliveryRunnerTest, WhatIsRefusedForGoodIsDroppedAtOnce) {
  for (const auto kind : {TroubleKind::permanent, TroubleKind::usage}) {
    wait(0, seconds(1));
    notifier_.answer = fail(trouble(kind));
    EXPECT_TRUE(step().finished);
    EXPECT_EQ(store_.notes.back(), "dropped: w: y");
  }
  EXPECT_EQ(progress_.warnings.size(), 2U);
}

TEST_F(DeliveryRunnerTest, NobodyIsToldAfterThreeDays) {
  notifier_.answer = fail(trouble(TroubleKind::transient));
  wait(80, kDeliveryGivenUp - hours(2));
  EXPECT_FALSE(step().finished);
  wait(80, kDeliveryGivenUp);
  EXPECT_TRUE(step().finished);
  EXPECT_THAT(store_.notes.back(), HasSubstr("given up after 3 d"));
  wait(80, hours(1000), Notice::Message::recovered);
  store_.waiting->alarm.cleared_at = clock_.at - hours(1);
  EXPECT_FALSE(step().finished) << "a recovery counts from the end of the alarm";
}

}  // namespace
}  // namespace certmgr
