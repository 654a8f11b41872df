// SPDX-License-Identifier: MIT
#include "certmgr/domain/renewal_info.h"

#include <gtest/gtest.h>

#include "certmgr/domain/renewal.h"
#include "order_builder.h"

namespace certmgr::test {
namespace {

constexpr auto kDay = 24h;

RenewalInfo window(Duration from, Duration to) { return {kNow + from, kNow + to}; }

Version ninety_days() {
  Version version;
  version.id = 3;
  version.not_before = version.created_at = kNow - 10 * kDay;
  version.not_after = kNow + 80 * kDay;
  return version;
}

SuggestedRenewal suggestion(Duration from_now) {
  return {3, window(from_now, from_now + 1h), kNow + from_now, kNow};
}

TEST(Suggestion, IsAMomentInTheWindowChosenOnceForEachWindow) {
  const auto first = take_suggestion({}, 3, window(100h, 200h), kNow, 0.25);
  EXPECT_EQ(first.renew_at, kNow + 125h);
  EXPECT_EQ(first.seen_at, kNow);
  RenewalInfo explained = window(100h, 200h);
  explained.explanation_url = "https://ca/why";
  const auto again = take_suggestion(first, 3, explained, kNow + 6h, 0.9);
  EXPECT_EQ(again.renew_at, first.renew_at) << "the window is the same";
  EXPECT_EQ(again.info.explanation_url, "https://ca/why");
  const auto moved = take_suggestion(again, 3, window(-2h, -1h), kNow + 6h, 0.5);
  EXPECT_EQ(moved.renew_at, kNow - 90min);
  const auto longer = take_suggestion(first, 3, window(100h, 201h), kNow, 0.999);
  EXPECT_GT(longer.renew_at, kNow + 200h);
  EXPECT_LT(longer.renew_at, longer.info.window_end);
}

TEST(NextRenewalInfo, FollowsRetryAfterBetweenAMinuteAndADay) {
  const struct {
    std::optional<Duration> said;
    Duration pause;
  } cases[] = {{6h, 6h},   {90s, 90s}, {0s, 1min},      {-3h, 1min},
               {1s, 1min}, {24h, 24h}, {7 * kDay, 24h}, {{}, 6h}};
  for (const auto& [said, pause] : cases) {
    const auto at = said ? std::optional<Instant>(kNow + *said) : std::nullopt;
    EXPECT_EQ(next_renewal_info(at, kNow, 0), kNow + pause);
    EXPECT_LE(next_renewal_info(at, kNow, 0.999), kNow + pause + pause / 20);
    EXPECT_GT(next_renewal_info(at, kNow, 0.999), kNow + pause);
  }
}

TEST(NextRenewalInfo, BacksOffAfterErrors) {
  Trouble passing = trouble(TroubleKind::transient);
  const Duration pauses[] = {1min, 2min, 4min, 8min, 16min, 32min, 64min, 128min, 256min, 6h, 6h};
  int failures = 0;
  for (const auto pause : pauses)
    EXPECT_EQ(next_renewal_info(passing, ++failures, kNow, 0), kNow + pause) << failures;
  EXPECT_EQ(next_renewal_info(trouble(TroubleKind::permanent), 1, kNow, 0), kNow + 6h);
  EXPECT_EQ(next_renewal_info(trouble(TroubleKind::configuration), 50, kNow, 0), kNow + 6h);
  passing.retry_at = kNow + 3h;
  EXPECT_EQ(next_renewal_info(passing, 1, kNow, 0), kNow + 3h);
  passing.retry_at = kNow + 7 * kDay;
  EXPECT_EQ(next_renewal_info(passing, 1, kNow, 0), kNow + kDay);
}

TEST(RenewalTime, IsTheMomentChosenInTheWindow) {
  const Version version = ninety_days();
  EXPECT_EQ(renewal_time(version, suggestion(5 * kDay), {}), kNow + 5 * kDay);
  EXPECT_EQ(renewal_time(version, suggestion(70 * kDay), {}), kNow + 70 * kDay)
      << "later than 2/3 of the life";
  EXPECT_EQ(renewal_time(version, suggestion(-kDay), {}), kNow - kDay) << "a window that has passed";
  EXPECT_EQ(renewal_time(version, {}, {}), renewal_time(version));
}

TEST(RenewalTime, IsNeverLeftToACaThatWouldLetItExpire) {
  const Version version = ninety_days();
  EXPECT_EQ(renewal_time(version, suggestion(79 * kDay), {}), version.not_after - 90h);
  EXPECT_EQ(renewal_time(version, suggestion(5000 * kDay), {}), version.not_after - 90h);
}

TEST(RenewalTime, IsNotRightAfterTheVersionCameWhateverTheCaSays) {
  Version version = ninety_days();
  version.created_at = kNow;
  EXPECT_EQ(renewal_time(version, suggestion(-kDay), {}), kNow + 1h);
}

TEST(RenewalTime, PassesOverWhatWasSaidOfAnotherVersion) {
  Version version = ninety_days();
  version.id = 4;
  EXPECT_EQ(renewal_time(version, suggestion(-kDay), {}), renewal_time(version));
}

TEST(RenewalTime, OfWhatIsToEndAtAFixedMomentIsItsEnd) {
  const Version version = ninety_days();
  EXPECT_EQ(renewal_time(version, suggestion(-kDay), {.fixed_end = version.not_after}), version.not_after);
  EXPECT_EQ(renewal_time(version, {}, {.fixed_end = version.not_after + 1s}), renewal_time(version))
      << "it was cut short";
}

TEST(RenewalTime, LeavesPeopleTheirs) {
  const Version version = ninety_days();
  const RenewalTerms decided{.decided = true};
  EXPECT_EQ(renewal_time(version, suggestion(5 * kDay), decided), kNow + 5 * kDay);
  EXPECT_EQ(renewal_time(version, suggestion(80 * kDay), decided), renewal_time(version));
  CertificateSpec spec;
  EXPECT_FALSE(renewal_terms(spec).decided);
  spec.level = "ov";
  EXPECT_TRUE(renewal_terms(spec).decided);
}

TEST(LookAfter, OrdersAtTheNextLookWhenTheWindowHasPassed) {
  RenewalFacts facts;
  facts.version = ninety_days();
  facts.fits = facts.last_issued = true;
  facts.last_order = 1;
  const auto before = look_after({}, facts, kNow, 0);
  EXPECT_TRUE(std::holds_alternative<NothingToOrder>(before.action));
  facts.suggested = suggestion(-kDay);
  const auto after = look_after(before.renewal, facts, kNow, 0);
  ASSERT_TRUE(std::holds_alternative<OpenOrder>(after.action));
  EXPECT_EQ(after.renewal.renew_at, kNow - kDay);
  facts.suggested = suggestion(70 * kDay);
  const auto later = look_after(before.renewal, facts, kNow, 0);
  EXPECT_EQ(later.renewal.wake_at, kNow + 70 * kDay) << "and waits when it has moved away";
}

TEST(LookAfter, ARevocationAndAChangeGoBeforeTheWindow) {
  RenewalFacts facts;
  facts.version = ninety_days();
  facts.fits = facts.last_issued = true;
  facts.last_order = 1;
  facts.suggested = suggestion(70 * kDay);
  facts.revoked = true;
  EXPECT_TRUE(std::holds_alternative<OpenOrder>(look_after({}, facts, kNow, 0).action));
  facts.revoked = false;
  facts.fits = false;
  EXPECT_TRUE(std::holds_alternative<OpenOrder>(look_after({}, facts, kNow, 0).action));
}

class Replaceable : public ::testing::Test {
 protected:
  Order made_for_ = order_in(Issued{3});
  CertificateSpec spec_ = made_for_.spec;
  std::optional<Version> current_ = ninety_days();
  std::optional<Order> last_ = made_for_;
  std::int64_t id() { return replaceable(spec_, current_, made_for_, last_); }
};

TEST_F(Replaceable, IsTheCurrentVersionOfTheSameCaThatSharesAName) {
  EXPECT_EQ(id(), 3);
  spec_.identifiers = names({"b.example", "new.example"});
  EXPECT_EQ(id(), 3);
  spec_.identifiers = names({"new.example"});
  EXPECT_EQ(id(), 0);
}

TEST_F(Replaceable, IsNothingFromAnotherCa) {
  spec_.ca = "other";
  EXPECT_EQ(id(), 0);
}

TEST_F(Replaceable, IsNothingOfWhichNoOrderIsKnown) {
  made_for_.state = Issued{2};
  EXPECT_EQ(id(), 0);
  current_.reset();
  EXPECT_EQ(id(), 0);
}

TEST_F(Replaceable, IsNothingThatWasReplacedByAnOrderWhoseCertificateWasOfNoUse) {
  last_ = order_in(Quarantined{4, {}});
  EXPECT_EQ(id(), 3);
  last_->replaces = 3;
  EXPECT_EQ(id(), 0);
  last_ = order_in(Failed{});
  last_->replaces = 3;
  EXPECT_EQ(id(), 3) << "an invalid order replaces nothing";
}

TEST(BlamesReplacement, AnyRefusalThatIsNotClearlyAboutSomethingElse) {
  for (const char* code : {"acme_alreadyReplaced", "acme_malformed", "acme_unauthorized", "ca_problem",
                           "ca_protocol", "acme_somethingNew"})
    EXPECT_TRUE(blames_replacement(trouble(TroubleKind::permanent, code))) << code;
  for (const char* code : {"acme_caa", "acme_rejectedIdentifier", "profile_not_offered"})
    EXPECT_FALSE(blames_replacement(trouble(TroubleKind::permanent, code))) << code;
  EXPECT_FALSE(blames_replacement(trouble(TroubleKind::transient, "acme_rateLimited")));
}

TEST(OrderMachine, ARefusedReplacementIsDroppedAndTheOrderPlacedOnceMore) {
  Order order = order_in(Ordering{"key1"});
  order.replaces = 3;
  const OrderOutcome refused = Troubled{trouble(TroubleKind::permanent, "acme_alreadyReplaced"), 0};
  RunMemory memory = remember({true, false}, PlaceOrder{}, refused);
  order = apply(order, refused, kNow);
  EXPECT_TRUE(is<Ordering>(order));
  EXPECT_EQ(order.replaces, 0);
  EXPECT_TRUE(wants<PlaceOrder>(order, memory)) << "the CA has made no order: none is looked for";
  memory = remember(memory, PlaceOrder{}, refused);
  order = apply(order, refused, kNow);
  EXPECT_TRUE(is<Failed>(order)) << "once only";
}

}  // namespace
}  // namespace certmgr::test
