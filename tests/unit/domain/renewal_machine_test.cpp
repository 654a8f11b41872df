// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "certmgr/domain/circuit_breaker.h"
#include "certmgr/domain/renewal.h"
#include "certmgr/domain/retry.h"

namespace certmgr {
namespace {

using namespace std::chrono_literals;

const Instant kNow{std::chrono::hours(500'000)};

Version version(Duration age, Duration life) {
  Version version;
  version.not_before = kNow - age;
  version.not_after = version.not_before + life;
  return version;
}

/// A certificate of 90 days that is `age` old, ordered for the present spec.
RenewalFacts held(Duration age) {
  RenewalFacts facts;
  facts.version = version(age, 24h * 90);
  facts.fits = true;
  facts.last_order = 1;
  facts.last_issued = true;
  return facts;
}

RenewalFacts failed(RenewalFacts facts, const std::string& code) {
  ++facts.last_order;
  facts.last_issued = false;
  facts.last_trouble = Trouble{.kind = TroubleKind::permanent, .code = code};
  return facts;
}

bool orders(const RenewalStep& step) { return std::holds_alternative<OpenOrder>(step.action); }

TEST(LookAfter, OrdersWhatWasNeverIssued) {
  const auto step = look_after({}, {}, kNow, 0);
  ASSERT_TRUE(orders(step));
  EXPECT_EQ(std::get<OpenOrder>(step.action).reason, "issue");
  EXPECT_EQ(step.renewal.state, RenewalState::ordering);
}

TEST(LookAfter, SleepsUntilTwoThirdsOfTheLifeSpreadByAHundredthAtMostSixHours) {
  const auto early = look_after({}, held(24h), kNow, 0);
  EXPECT_FALSE(orders(early));
  EXPECT_EQ(early.renewal.wake_at, kNow - 24h + 24h * 60);
  EXPECT_EQ(early.renewal.state, RenewalState::fresh);
  RenewalFacts facts = held(24h);
  facts.version->fingerprint = "80000000ff";
  EXPECT_EQ(look_after({}, facts, kNow, 0.7).renewal.wake_at, early.renewal.wake_at + 3h);
}

TEST(RenewalTime, OfAVersionIsTheSameWhoeverAsks) {
  const struct {
    const char* fingerprint;
    Duration later;
  } cases[] = {{"", 0h}, {"zz", 0h}, {"00000000", 0h}, {"8", 0h}, {"80000000", 3h}, {"40000000", 90min}};
  for (const auto& [fingerprint, later] : cases) {
    Version given = version(24h, 24h * 90);
    given.fingerprint = fingerprint;
    const Instant expected = renewal_time(given.not_before, given.not_after) + later;
    EXPECT_LE(renewal_time(given) - expected, 1s) << fingerprint;
    EXPECT_GE(renewal_time(given), expected) << fingerprint;
    RenewalFacts facts = held(24h);
    facts.version = given;
    EXPECT_EQ(look_after({}, facts, kNow, 0.5).renewal.renew_at, renewal_time(given)) << fingerprint;
  }
  Version last = version(24h, 24h * 90);
  last.fingerprint = "ffffffffffff";
  EXPECT_LT(renewal_time(last), renewal_time(last.not_before, last.not_after) + 6h);
}

TEST(LookAfter, RenewsASixDayCertificateAtHalfOfItsLife) {
  RenewalFacts facts = held(0h);
  facts.version = version(73h, 24h * 6);
  EXPECT_TRUE(orders(look_after({}, facts, kNow, 0.0)));
  facts.version = version(71h, 24h * 6);
  EXPECT_FALSE(orders(look_after({}, facts, kNow, 0.0)));
}

TEST(LookAfter, DoesNotOrderAgainAndAgainWhenTheClocksHereAndAtTheCaAreSixtyDaysApart) {
  RenewalFacts facts = held(24h * 60);
  facts.version->created_at = kNow;
  const auto step = look_after({}, facts, kNow, 0);
  EXPECT_FALSE(orders(step));
  EXPECT_EQ(step.renewal.wake_at, kNow + 1h);
}

TEST(LookAfter, OrdersAtOnceWhatWasRevokedOrIsNoLongerWhatIsWanted) {
  auto facts = held(24h);
  facts.revoked = true;
  EXPECT_TRUE(orders(look_after({}, facts, kNow, 0)));
  facts = held(24h);
  facts.fits = false;
  EXPECT_TRUE(orders(look_after({}, facts, kNow, 0)));
}

TEST(LookAfter, LeavesAnOpenOrderAlone) {
  auto facts = held(24h * 80);
  facts.order_open = true;
  const auto step = look_after({}, facts, kNow, 0);
  EXPECT_FALSE(orders(step));
  EXPECT_EQ(step.renewal.state, RenewalState::ordering);
}

TEST(LookAfter, TriesAgainWithGrowingPausesAndMoreOftenAsExpiryNears) {
  struct Row {
    Duration left;
    int failures;
    Duration most;
  };
  for (const auto& row :
       {Row{24h * 29, 1, 5min}, Row{24h * 29, 3, 20min}, Row{24h * 29, 20, Duration(24h * 29) / 48},
        Row{48h, 20, 1h}, Row{6h, 20, 450s}, Row{1h, 20, 5min}, Row{-1h, 20, 1h}}) {
    auto facts = failed(held(24h * 90 - row.left), "authorization_failed");
    Renewal before;
    before.failures = row.failures - 1;
    const auto step = look_after(before, facts, kNow, 0.999);
    EXPECT_FALSE(orders(step));
    EXPECT_EQ(step.renewal.state, RenewalState::failing);
    EXPECT_EQ(step.renewal.failures, row.failures);
    EXPECT_LE(step.renewal.wake_at - kNow, row.most) << row.failures;
    EXPECT_GT(step.renewal.wake_at - kNow, row.most * 9 / 10) << row.failures;
    EXPECT_TRUE(orders(look_after(step.renewal, facts, step.renewal.wake_at, 0)));
  }
}

TEST(LookAfter, JudgesEachOrderOnce) {
  const auto facts = failed(held(24h * 80), "authorization_failed");
  const auto first = look_after({}, facts, kNow, 0.5);
  const auto second = look_after(first.renewal, facts, kNow + 1s, 0.5);
  EXPECT_EQ(second.renewal.failures, 1);
  EXPECT_EQ(second.renewal.wake_at, first.renewal.wake_at);
}

TEST(LookAfter, ParksWhatOnlyAPersonCanCureUntilTheWishOrAPersonsOrderChangesIt) {
  auto facts = failed(held(24h * 89), "acme_caa");
  const auto parked = look_after({}, facts, kNow, 0);
  EXPECT_EQ(parked.renewal.state, RenewalState::parked);
  EXPECT_FALSE(orders(look_after(parked.renewal, facts, kNow + 24h * 30, 0))) << "does not loop";
  auto changed = facts;
  changed.changed = true;
  EXPECT_TRUE(orders(look_after(parked.renewal, changed, kNow + 1h, 0)));
  auto cured = held(24h);
  cured.last_order = facts.last_order + 1;
  EXPECT_EQ(look_after(parked.renewal, cured, kNow + 1h, 0).renewal.state, RenewalState::fresh);
}

TEST(LookAfter, TakesTheCasWordForWhenToComeBack) {
  auto facts = failed(held(24h * 80), "acme_rateLimited");
  facts.last_trouble->retry_at = kNow + 3h;
  EXPECT_EQ(look_after({}, facts, kNow, 0.5).renewal.wake_at, kNow + 3h);
}

TEST(LookAfter, OrdersAnewAtOnceWhatFailedBecauseWeWereDead) {
  auto facts = failed(held(24h * 80), "authorization_failed");
  facts.unattended = true;
  const auto step = look_after({}, facts, kNow, 0);
  EXPECT_TRUE(orders(step));
  EXPECT_EQ(step.renewal.failures, 0);
}

TEST(LookAfter, ForgetsFailuresOnceSomethingWasIssued) {
  Renewal before;
  before.failures = 7;
  before.state = RenewalState::failing;
  before.trouble = Trouble{.code = "authorization_failed"};
  const auto step = look_after(before, held(1h), kNow, 0);
  EXPECT_EQ(step.renewal.failures, 0);
  EXPECT_EQ(step.renewal.trouble, std::nullopt);
}

TEST(LongestRetry, IsAnHourWhenTwoDaysAreLeft) {
  EXPECT_EQ(longest_retry(kNow + 48h, kNow), 1h);
  EXPECT_EQ(longest_retry(kNow + 24h * 365, kNow), 24h);
  EXPECT_EQ(longest_retry(kNow + 1min, kNow), 5min);
  EXPECT_EQ(longest_retry(kNow - 1min, kNow), 1h);
  EXPECT_EQ(longest_retry(std::nullopt, kNow), 24h);
}

TEST(CircuitBreaker, OpensAfterThreeFailuresInARowAndLetsOneTryAfterAPause) {
  CircuitBreaker breaker;
  breaker.failed(kNow, 0);
  breaker.failed(kNow, 0);
  EXPECT_EQ(breaker.admits(8, kNow), 8);
  breaker.failed(kNow, 0);
  EXPECT_EQ(breaker.admits(8, kNow), 0);
  EXPECT_EQ(breaker.open_until(), kNow + 5s);
  EXPECT_EQ(breaker.admits(8, kNow + 5s), 1);
  breaker.failed(kNow + 5s, 0);
  EXPECT_EQ(breaker.open_until(), kNow + 15s) << "longer each time";
  for (int i = 0; i < 8; ++i) breaker.failed(kNow + 6s, 0);
  EXPECT_EQ(breaker.open_until(), kNow + 15s) << "they were asked before it opened";
  for (int i = 0; i < 100; ++i) breaker.failed(breaker.open_until(), 0.999);
  const Instant last = breaker.open_until();
  breaker.failed(last, 0.999);
  EXPECT_LE(breaker.open_until() - last, 15min);
  EXPECT_GE(breaker.open_until() - last, 14min);
  breaker.answered();
  EXPECT_EQ(breaker.admits(8, kNow), 8);
}

TEST(Pace, RefillsEvenlyAndForgivesAClockThatWentBack) {
  Pace pace(60);
  EXPECT_EQ(pace.allows(kNow), 60);
  pace.started(60);
  EXPECT_EQ(pace.allows(kNow), 0);
  EXPECT_EQ(pace.next(kNow), kNow + 1s);
  EXPECT_EQ(pace.allows(kNow + 5s), 5);
  EXPECT_EQ(pace.allows(kNow - 1h), 5);
  EXPECT_EQ(pace.allows(kNow + 24h), 60);
  Pace none;
  EXPECT_GT(none.allows(kNow), 1000);
}

}  // namespace
}  // namespace certmgr
