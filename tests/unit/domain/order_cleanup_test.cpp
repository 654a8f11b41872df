// SPDX-License-Identifier: MIT
// Proofs that cannot be withdrawn.
#include <gmock/gmock.h>

#include "order_builder.h"

namespace certmgr::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

Leftover leftover(const char* target = "_acme-challenge.a.example") {
  Leftover left;
  left.proof.type = ChallengeType::dns_01;
  left.proof.identifier = {IdentifierType::dns, "a.example"};
  left.proof.target = target;
  left.way.type = ChallengeType::dns_01;
  left.way.provider = "hook";
  left.why = "the provider is down";
  return left;
}

Order ended_with(std::vector<Leftover> leftovers) {
  Order order = order_in(Issued{3});
  order.leftovers = std::move(leftovers);
  return order;
}

TEST(OrderCleanup, DoesNotHoldUpTheCertificate) {
  Order order = order_in(Ready{"https://ca/order/1", "https://ca/finalize/1", "key1"});
  order.published.push_back(leftover().proof);
  ASSERT_TRUE(wants<WithdrawProofs>(order));
  order = apply(order, ProofsWithdrawn{{leftover()}}, kNow);
  EXPECT_THAT(order.published, IsEmpty());
  EXPECT_THAT(order.leftovers, SizeIs(1));
  EXPECT_EQ(order.wake_at, kNow);
  EXPECT_TRUE(wants<FinalizeOrder>(order));
}

TEST(OrderCleanup, IsTriedAgainOnceTheOrderHasEnded) {
  const Order order = ended_with({leftover()});
  EXPECT_FALSE(is_settled(order));
  EXPECT_TRUE(only_cleanup_left(order));
  EXPECT_TRUE(wants<WithdrawProofs>(order));
  const Order clean = apply(order, ProofsWithdrawn{}, kNow);
  EXPECT_TRUE(is_settled(clean));
  EXPECT_FALSE(only_cleanup_left(clean));
  EXPECT_TRUE(wants<Nothing>(clean));
}

/// It failed a moment ago; whoever waits for the certificate does not wait for it once more.
TEST(OrderCleanup, IsNotTriedAtOnceWhenTheOrderEnds) {
  Order order = order_in(Ordering{"key1"});
  order.leftovers = {leftover()};
  const Troubled refused{{.kind = TroubleKind::permanent, .code = "acme_rejectedIdentifier"}, 0.5};
  const Order ended = apply(order, refused, kNow);
  ASSERT_TRUE(only_cleanup_left(ended));
  EXPECT_TRUE(wants<SleepUntil>(ended));
  EXPECT_EQ(ended.wake_at, kNow + 1min);
  order.published = {leftover("_acme-challenge.b.example").proof};
  EXPECT_TRUE(wants<WithdrawProofs>(apply(order, refused, kNow))) << "what was not tried yet is";
}

TEST(OrderCleanup, IsNotGivenUpBecauseNobodyRanForAWeek) {
  const Order order = ended_with({leftover()});
  const Order later = apply(order, ProofsWithdrawn{order.leftovers, 0.5}, kNow + 30 * 24h);
  EXPECT_THAT(later.leftovers, SizeIs(1));
}

TEST(OrderCleanup, IsTriedLessAndLessOftenAndGivenUpAfterAWeek) {
  Order order = ended_with({leftover()});
  Duration last{};
  int tries = 0;
  for (Instant now = kNow; !is_settled(order); now = order.wake_at) {
    ASSERT_TRUE(wants<WithdrawProofs>(order, kFresh, now));
    ASSERT_LT(now, kNow + 8 * 24h);
    order = apply(order, ProofsWithdrawn{order.leftovers, 0.5}, now);
    ++tries;
    if (is_settled(order)) break;
    const Duration pause = order.wake_at - now;
    EXPECT_TRUE(wants<SleepUntil>(order, kFresh, now));
    EXPECT_GE(pause, 1min);
    EXPECT_GE(pause, last);
    EXPECT_LE(pause, 6h);
    last = pause;
  }
  EXPECT_GT(tries, 10);
  EXPECT_LT(tries, 60);
  EXPECT_GT(order.cleanups, 0) << "it did not end well";
}

TEST(OrderCleanup, ThatIsPutOffWasNotTried) {
  const Order order = ended_with({leftover()});
  const Instant late = kNow + 30 * 24h;
  const Order later = apply(order, CleanupPutOff{}, late);
  EXPECT_EQ(later.leftovers, order.leftovers) << "however long ago it ended";
  EXPECT_EQ(later.cleanups, 0);
  EXPECT_GT(later.wake_at, late);
}

TEST(OrderCleanup, IsOfTheWayByWhichItWasPublished) {
  Order order = order_in(Withdrawn{});
  order.spec.challenge = {ChallengeType::http_01, "/srv/www", "", ""};
  Proof proof;
  proof.type = ChallengeType::http_01;
  proof.identifier = {IdentifierType::dns, "a.example"};
  order.published = {proof};
  const auto proofs = to_withdraw(order);
  ASSERT_THAT(proofs, SizeIs(1));
  EXPECT_EQ(proofs[0].way.webroot, "/srv/www");
  EXPECT_EQ(proofs[0].outcome, ChallengeOutcome::failed);
  EXPECT_EQ(places_of({proofs[0], leftover()}),
            "the http-01 proof for a.example at /srv/www, the dns-01 proof for a.example at "
            "_acme-challenge.a.example");
}

TEST(OrderCleanup, AStandInIsTooLateWhenWhatWasWaitedForHasCome) {
  Order order = order_in(Approved{});
  order.reason = "stand_in";
  order.needed_by = kNow;
  EXPECT_FALSE(is_stand_in_too_late(order, std::nullopt));
  EXPECT_FALSE(is_stand_in_too_late(order, kNow)) << "it is the one that is about to expire";
  EXPECT_TRUE(is_stand_in_too_late(order, kNow + 1s));
  order.reason = "renew";
  EXPECT_FALSE(is_stand_in_too_late(order, kNow + 1s));
}

}  // namespace
}  // namespace certmgr::test
