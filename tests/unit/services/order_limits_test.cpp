// SPDX-License-Identifier: MIT
#include "certmgr/services/order_limits.h"

#include <gtest/gtest.h>

#include <map>

namespace certmgr {
namespace {

using namespace std::chrono_literals;

class StoppedClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return at; }
  double jitter() override { return 0; }
  Instant at{1'800'000'000s};
};

/// Counts how often it is asked, and keeps what was asked last.
class CountingLedger final : public RateLedger {
 public:
  int asked = 0;
  Demand demand;
  AccountPlace at;
  std::optional<Shortage> answer;
  std::map<std::string, Instant> emptied;

  std::optional<Shortage> reserve(std::int64_t, const AccountPlace& place, const Demand& wanted,
                                  Instant) override {
    ++asked;
    at = place;
    demand = wanted;
    return answer;
  }
  std::optional<Shortage> take(const AccountPlace&, const Bucket& bucket, Instant) override {
    ++asked;
    demand = {{bucket}, {}};
    return answer;
  }
  void mark_empty(const AccountPlace&, const Bucket& bucket, Instant room_at) override {
    emptied[std::string(to_string(bucket.kind))] = room_at;
  }
  std::vector<Entry> entries(const AccountPlace&, Instant) override { return {}; }
};

class LastLabel final : public RegisteredDomains {
 public:
  [[nodiscard]] std::string domain_of(const Identifier& identifier) const override {
    return identifier.value.substr(identifier.value.rfind('.') + 1);
  }
};

class OneOrder final : public OrderStore {
 public:
  int asked = 0;
  std::optional<Order> issued;
  std::optional<Order> open_order(std::int64_t) override { return std::nullopt; }
  std::vector<Order> unsettled_orders(std::int64_t) override { return {}; }
  std::optional<Order> last_order(std::int64_t) override { return std::nullopt; }
  std::optional<Order> last_issued(std::int64_t) override {
    ++asked;
    return issued;
  }
  std::optional<Order> order(std::int64_t) override { return std::nullopt; }
  std::optional<Order> order_of_version(std::int64_t) override { return std::nullopt; }
  std::vector<std::string> order_urls(std::int64_t, int) override { return {}; }
  Order open(const Order& order, const EventDraft&) override { return order; }
  bool knows_order_url(const std::string&) override { return false; }
  Order save(const Save& save) override { return save.order; }
};

class Limits : public testing::Test {
 protected:
  CountingLedger ledger_;
  LastLabel domains_;
  OneOrder orders_;
  StoppedClock clock_;
  RateLimits known_{{{LimitKind::orders, {300, 3h}},
                     {LimitKind::certificates_per_domain, {50, 24h * 7}},
                     {LimitKind::certificates_per_set, {5, 24h * 7}},
                     {LimitKind::accounts, {10, 3h}}},
                    true};
  OrderLimits limits_{{ledger_, domains_, orders_, clock_,
                       [this](const std::string& ca) { return ca == "free" ? RateLimits{} : known_; },
                       [](const std::string& ca) {
                         return AccountPlace{"https://ca/directory", ca == "third" ? "another" : ""};
                       }}};

  static Order order_at(const std::string& ca) {
    Order order;
    order.id = 7;
    order.spec.ca = ca;
    order.spec.identifiers = {{IdentifierType::dns, "a.example"}, {IdentifierType::dns, "b.example"}};
    return order;
  }
};

TEST_F(Limits, OfACaWithoutAnyNothingIsAsked) {
  EXPECT_FALSE(limits_.reserve(order_at("free")));
  EXPECT_FALSE(limits_.reserve_account("free"));
  limits_.learn(order_at("free"), {.why = "too many new orders", .retry_at = clock_.at});
  EXPECT_EQ(ledger_.asked + orders_.asked, 0);
  EXPECT_TRUE(ledger_.emptied.empty());
  EXPECT_TRUE(limits_.standing("free").empty());
}

TEST_F(Limits, ARenewalIsWhatTheSameCaHasIssuedForTheSameNames) {
  static_cast<void>(limits_.reserve(order_at("limited")));
  EXPECT_EQ(ledger_.demand.taken.size(), 3U) << "one domain, named twice";
  orders_.issued = order_at("limited");
  static_cast<void>(limits_.reserve(order_at("limited")));
  EXPECT_EQ(ledger_.demand.taken.size(), 1U);
  orders_.issued = order_at("other");
  static_cast<void>(limits_.reserve(order_at("limited")));
  EXPECT_EQ(ledger_.demand.taken.size(), 3U);
  orders_.issued = order_at("limited");
  orders_.issued->spec.identifiers.pop_back();
  static_cast<void>(limits_.reserve(order_at("limited")));
  EXPECT_EQ(ledger_.demand.taken.size(), 3U);
}

TEST_F(Limits, ARenewalThatTheCaAskedForCountsTowardsNothingWhereTheCaSaysSo) {
  Order suggested = order_at("limited");
  suggested.replaces = 3;
  EXPECT_FALSE(limits_.reserve(suggested));
  EXPECT_EQ(ledger_.asked, 0);
  known_.renewals_exempt = false;
  static_cast<void>(limits_.reserve(suggested));
  EXPECT_EQ(ledger_.asked, 1);
}

TEST_F(Limits, SaysWhichLimitAndUntilWhen) {
  ledger_.answer = Shortage{{LimitKind::certificates_per_domain, "example", {50, 24h * 7}}, clock_.at + 2h};
  const auto waits = limits_.reserve(order_at("limited"));
  ASSERT_TRUE(waits);
  EXPECT_EQ(waits->kind, TroubleKind::transient);
  EXPECT_EQ(waits->code, "ca_rate_limit");
  EXPECT_EQ(waits->retry_at, clock_.at + 2h);
  EXPECT_NE(waits->message().find("certificates for example (50 in 7 d)"), std::string::npos);
  EXPECT_NE(waits->message().find(to_rfc3339(clock_.at + 2h)), std::string::npos);
  EXPECT_TRUE(limits_.reserve_account("limited"));
}

TEST_F(Limits, LearnsWhatTheCaSaysIfItSaysUntilWhen) {
  const std::string why = "too many new orders (300) from this account";
  limits_.learn(order_at("limited"), {.why = why});
  EXPECT_TRUE(ledger_.emptied.empty());
  limits_.learn(order_at("limited"), {.why = why, .retry_at = clock_.at + 1h});
  EXPECT_EQ(ledger_.emptied.at("orders"), clock_.at + 1h);
}

TEST_F(Limits, EachIsShownAlsoWhenNothingIsUsed) {
  const auto lines = limits_.standing("limited");
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0].bucket.kind, LimitKind::orders);
  EXPECT_EQ(lines[0].level.used, 0);
}

TEST_F(Limits, AreCountedByDirectoryAndAccountWhateverNameTheCaGoesBy) {
  static_cast<void>(limits_.reserve(order_at("limited")));
  const AccountPlace first = ledger_.at;
  static_cast<void>(limits_.reserve(order_at("second")));
  EXPECT_EQ(ledger_.at, first);
  static_cast<void>(limits_.reserve(order_at("third")));
  EXPECT_EQ(ledger_.at.name, "another");
}

}  // namespace
}  // namespace certmgr
