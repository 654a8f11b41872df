// SPDX-License-Identifier: MIT
#include "certmgr/domain/rate_limit.h"

#include <gmock/gmock.h>

#include "certmgr/domain/rate_settlement.h"
#include "order_builder.h"

namespace certmgr {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

const Rate kFivePerWeek{5, 24h * 7};

/// After so many were taken at kNow.
Instant taken(const Rate& rate, int count) {
  std::optional<Instant> full_at;
  for (int i = 0; i < count; ++i) full_at = take_one(rate, full_at, kNow);
  return full_at.value_or(kNow);
}

TEST(Rate, IsReadAndWritten) {
  const struct {
    const char* text;
    std::optional<Rate> rate;
  } cases[] = {{"50/7d", Rate{50, 24h * 7}},
               {"300/3h", Rate{300, 3h}},
               {"1/1s", Rate{1, 1s}},
               {"5/90m", Rate{5, 90min}},
               {"1000000/3650d", Rate{1'000'000, 24h * 3650}},
               {"0/1h", std::nullopt},
               {"-1/1h", std::nullopt},
               {"5/0h", std::nullopt},
               {"5/1w", std::nullopt},
               {"5", std::nullopt},
               {"5/", std::nullopt},
               {"/1h", std::nullopt},
               {"5/h", std::nullopt},
               {"5/1h ", std::nullopt},
               {"5/3651d", std::nullopt},
               {"1000001/1h", std::nullopt},
               {"5/999999999999d", std::nullopt},
               {"", std::nullopt}};
  for (const auto& [text, rate] : cases) {
    EXPECT_EQ(parse_rate(text), rate) << text;
    if (rate) {
      EXPECT_EQ(to_string(*rate), text);
    }
  }
  EXPECT_EQ(words_of({5, 90min}), "5 in 90 min");
}

TEST(LimitKind, HasAWordForEach) {
  for (const auto kind : limit_kinds()) EXPECT_EQ(parse_limit_kind(to_string(kind)), kind);
  EXPECT_EQ(parse_limit_kind("certificates"), std::nullopt);
}

TEST(Bucket, IsUsedUpByBurstsAndFillsOneByOne) {
  const Duration one = Duration(24h * 7) / 5;
  const struct {
    int taken;
    Duration later;
    int used;
    Duration room_in;  // from then
  } cases[] =
      {
          {0, 0h, 0, 0h},         {1, 0h, 1, 0h},  {4, 0h, 4, 0h},      {5, 0h, 5, one},
          {5, one - 1ms, 5, 1ms}, {5, one, 4, 0h}, {5, one * 4, 1, 0h}, {5, one * 5, 0, 0h},
          {6, 0h, 5, one * 2},  // more than allowed, counted elsewhere: later room, never a negative number
      };
  for (const auto& c : cases) {
    const Instant now = kNow + c.later;
    const auto level = level_of(kFivePerWeek, taken(kFivePerWeek, c.taken), now);
    EXPECT_EQ(level.used, c.used) << c.taken << " taken, " << c.later.count();
    EXPECT_EQ(level.room_at - now, c.room_in) << c.taken << " taken, " << c.later.count();
  }
  EXPECT_EQ(level_of(kFivePerWeek, std::nullopt, kNow).full_at, kNow);
}

TEST(Bucket, ThatIsAlwaysDrawnOnStaysUsedUp) {
  const Duration one = Duration(24h * 7) / 5;
  Instant full_at = taken(kFivePerWeek, 5);
  for (int i = 1; i <= 100; ++i) full_at = take_one(kFivePerWeek, full_at, kNow + one * i);
  EXPECT_EQ(level_of(kFivePerWeek, full_at, kNow + one * 100).used, 5);
}

TEST(Bucket, GivesBackWhatWasTakenAndCanBeEmptied) {
  const Instant full_at = give_back_one(kFivePerWeek, taken(kFivePerWeek, 3));
  EXPECT_EQ(level_of(kFivePerWeek, full_at, kNow).used, 2);
  const auto emptied = level_of(kFivePerWeek, emptied_until(kFivePerWeek, kNow + 2h), kNow);
  EXPECT_EQ(emptied.used, 5);
  EXPECT_EQ(emptied.room_at, kNow + 2h);
}

RateLimits all_limits(bool renewals_exempt = false) {
  return {{{LimitKind::orders, {300, 3h}},
           {LimitKind::certificates_per_domain, {50, 24h * 7}},
           {LimitKind::certificates_per_set, kFivePerWeek},
           {LimitKind::failed_authorizations, {4, 1h}},
           {LimitKind::consecutive_failures, {1000, 24h * 1000}},
           {LimitKind::accounts, {10, 3h}}},
          renewals_exempt};
}

std::vector<std::string> words(const std::vector<Bucket>& buckets) {
  std::vector<std::string> all;
  for (const auto& bucket : buckets)
    all.push_back(std::string(to_string(bucket.kind)) + " " + bucket.subject);
  return all;
}

TEST(Demand, NamesEachBucketOnce) {
  const PlannedOrder order{names({"*.a.example", "a.example", "b.example"}),
                           {"a.example", "a.example", "b.example"}};
  const auto demand = demand_of(all_limits(true), order);
  EXPECT_THAT(words(demand.taken),
              ElementsAre("orders ", "certificates_per_domain a.example", "certificates_per_domain b.example",
                          "certificates_per_set *.a.example,a.example,b.example"));
  EXPECT_THAT(words(demand.failures),
              ElementsAre("failed_authorizations a.example", "failed_authorizations b.example",
                          "consecutive_failures a.example", "consecutive_failures b.example"));
}

TEST(Demand, OfARenewalIsTheSetAloneWhereRenewalsAreExempt) {
  const PlannedOrder order{names({"a.example"}), {"a.example"}, true};
  EXPECT_THAT(words(demand_of(all_limits(true), order).taken), ElementsAre("certificates_per_set a.example"));
  EXPECT_EQ(demand_of(all_limits(false), order).taken.size(), 3U);
  EXPECT_EQ(demand_of(all_limits(true), order).failures.size(), 2U) << "failed proofs count all the same";
}

TEST(Demand, IsNothingWithoutLimits) {
  const auto demand = demand_of({}, {names({"a.example"}), {"a.example"}});
  EXPECT_THAT(demand.taken, IsEmpty());
  EXPECT_THAT(demand.failures, IsEmpty());
}

TEST(Shortage, IsTheBucketThatHasRoomLast) {
  const Bucket set{LimitKind::certificates_per_set, "a.example", kFivePerWeek};
  const Bucket orders{LimitKind::orders, "", {300, 3h}};
  EXPECT_FALSE(shortage_in({{set, std::nullopt}, {orders, taken(orders.rate, 299)}}, kNow));
  const auto both = shortage_in({{set, taken(set.rate, 5)}, {orders, taken(orders.rate, 300)}}, kNow);
  ASSERT_TRUE(both);
  EXPECT_EQ(both->bucket, set);
  EXPECT_EQ(both->room_at, kNow + Duration(24h * 7) / 5);
  EXPECT_EQ(describe(both->bucket), "certificates for exactly these names (5 in 7 d)");
}

TEST(Network, OfAnAddressIsWhatTheCaTakesForADomain) {
  EXPECT_EQ(network_of({IdentifierType::ip, "192.0.2.1"}), "192.0.2.1");
  EXPECT_EQ(network_of({IdentifierType::ip, "2001:db8:1:2:3::4"}), "2001:db8:1:2::/64");
}

TEST(Settlement, GivesBackOnlyWhatCertainlyGaveNoCertificate) {
  const auto settled = [](OrderState state, bool unproven = false) {
    Order order = order_in(std::move(state));
    if (unproven) order.unproven = Identifier{IdentifierType::dns, "b.example"};
    return settlement_of(order);
  };
  const Trouble refused = trouble(TroubleKind::permanent);
  EXPECT_TRUE(settled(Failed{refused, ""}).give_back);
  EXPECT_TRUE(settled(Withdrawn{}).give_back);
  EXPECT_FALSE(settled(Failed{refused, "key"}).give_back) << "a certificate may exist";
  EXPECT_FALSE(settled(Quarantined{1, refused}).give_back);
  EXPECT_FALSE(settled(Issued{1}).give_back);
  EXPECT_TRUE(settled(Issued{1}).begin_anew);
  EXPECT_FALSE(settled(Failed{refused, ""}).begin_anew);
  EXPECT_EQ(settled(Failed{refused, ""}, true).failed, "b.example");
  EXPECT_EQ(settled(Failed{refused, ""}).failed, std::nullopt);
  EXPECT_TRUE(counts_certificates(LimitKind::certificates_per_set));
  EXPECT_FALSE(counts_certificates(LimitKind::orders)) << "an order that failed was one all the same";
}

TEST(BucketNamedIn, UnderstandsTheWordsOfBoulder) {
  const auto demand = demand_of(all_limits(), {names({"a.b.example", "b.example"}), {"b.example"}});
  const struct {
    const char* words;
    std::optional<LimitKind> kind;
  } cases[] = {
      {"too many new orders (300) from this account in the last 3h0m0s, retry after ...", LimitKind::orders},
      {"too many certificates (50) already issued for \"b.example\" in the last 168h0m0s, retry ...",
       LimitKind::certificates_per_domain},
      {"too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s",
       LimitKind::certificates_per_set},
      {"too many failed authorizations (5) for \"a.b.example\" in the last 1h0m0s",
       LimitKind::failed_authorizations},
      {"too many certificates (50) already issued for \"other.example\"", std::nullopt},
      {"too many requests", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [text, kind] : cases) {
    const auto bucket = bucket_named_in(text, demand);
    EXPECT_EQ(bucket ? std::optional(bucket->kind) : std::nullopt, kind) << text;
  }
}

}  // namespace
}  // namespace certmgr
