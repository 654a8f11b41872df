// SPDX-License-Identifier: MIT
#include "adapters/store/rate_ledger.h"

#include <gmock/gmock.h>

#include "integration/store/stores_fixture.h"

namespace certmgr::store {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::event;
using testing::trouble;

const Bucket kOrders{LimitKind::orders, "", {300, 3h}};
const Bucket kSet{LimitKind::certificates_per_set, "a.example", {2, 24h * 7}};
const Bucket kFailed{LimitKind::failed_authorizations, "a.example", {2, 1h}};
const Bucket kInARow{LimitKind::consecutive_failures, "a.example", {100, 24h * 100}};
const AccountPlace kPlace{"https://ca/directory", ""};
const AccountPlace kOther{"https://other/directory", ""};
const AccountPlace kSecond{"https://ca/directory", "second"};
const Demand kDemand{{kOrders, kSet}, {kFailed, kInARow}};

class Ledger : public testing::Stores {
 protected:
  SqliteRateLedger ledger_{bench_.database};
  Certificate certificate_ = bench_.make_certificate("a.example");

  [[nodiscard]] Instant now() const { return bench_.clock.now(); }
  std::optional<Shortage> reserve(const Order& order, const AccountPlace& at = kPlace) {
    return ledger_.reserve(order.id, at, kDemand, now());
  }
  int used(const Bucket& bucket, const AccountPlace& at = kPlace) {
    for (const auto& entry : ledger_.entries(at, now()))
      if (entry.kind == bucket.kind && entry.subject == bucket.subject)
        return level_of(bucket.rate, entry.full_at, now()).used;
    return 0;
  }
  Order opened() { return bench_.open_order(certificate_); }
  void end(Order order, OrderState state) {
    order.state = std::move(state);
    static_cast<void>(bench_.orders.save({order, event("order.ended", "a.example"), {}, {}, {}}));
  }
  /// Takes from the buckets and ends without a certificate.
  void fail_one(std::optional<Identifier> unproven = std::nullopt) {
    Order order = opened();
    ASSERT_FALSE(reserve(order));
    order.unproven = std::move(unproven);
    end(order, Failed{trouble("c"), ""});
  }
};

TEST_F(Ledger, AnOrderTakesOnceFromEachOfItsBuckets) {
  const Order order = opened();
  EXPECT_FALSE(reserve(order));
  EXPECT_FALSE(reserve(order)) << "taken over after a crash: it has its room already";
  EXPECT_EQ(used(kOrders), 1);
  EXPECT_EQ(used(kSet), 1);
  EXPECT_EQ(used(kFailed), 0);
  EXPECT_EQ(used(kOrders, kOther), 0) << "each CA counts for itself";
}

TEST_F(Ledger, WithoutRoomInOneNothingIsTakenFromAny) {
  const Order order = opened();
  ledger_.mark_empty(kPlace, kSet, now() + 2h);
  const auto shortage = reserve(order);
  ASSERT_TRUE(shortage);
  EXPECT_EQ(shortage->bucket, kSet);
  EXPECT_EQ(shortage->room_at, now() + 2h);
  EXPECT_EQ(used(kOrders), 0);
  bench_.clock.at += 2h;
  EXPECT_FALSE(reserve(order));
}

TEST_F(Ledger, WhatTheCaSaysIsNeverMadeLess) {
  ledger_.mark_empty(kPlace, kSet, now() + 2h);
  ledger_.mark_empty(kPlace, kSet, now() + 1h);
  EXPECT_EQ(reserve(opened())->room_at, now() + 2h);
}

TEST_F(Ledger, AFailedOrderGivesBackItsCertificatesButStaysAnOrder) {
  fail_one();
  EXPECT_EQ(used(kOrders), 1);
  EXPECT_EQ(used(kSet), 0);
  EXPECT_EQ(used(kFailed), 0);
}

TEST_F(Ledger, AnIssuedOrderIsCountedAndEndsTheFailuresInARow) {
  fail_one(Identifier{IdentifierType::dns, "a.example"});
  EXPECT_EQ(used(kInARow), 1);
  const Order order = opened();
  ASSERT_FALSE(reserve(order));
  static_cast<void>(bench_.issue(certificate_));
  EXPECT_EQ(used(kSet), 1);
  EXPECT_EQ(used(kInARow), 0);
  EXPECT_EQ(used(kFailed), 1) << "only time ends those of the hour";
}

TEST_F(Ledger, FailedAuthorizationsAreCappedPerIdentifier) {
  const Identifier name{IdentifierType::dns, "a.example"};
  fail_one(name);
  fail_one(name);
  const auto shortage = reserve(opened());
  ASSERT_TRUE(shortage);
  EXPECT_EQ(shortage->bucket, kFailed);
  EXPECT_EQ(shortage->room_at, now() + 30min);
}

TEST_F(Ledger, AnOrderIsSettledOnce) {
  const Order order = opened();
  ASSERT_FALSE(reserve(order));
  end(order, Withdrawn{});
  EXPECT_EQ(used(kSet), 0);
  const Order next = opened();
  ASSERT_FALSE(reserve(next));
  EXPECT_EQ(used(kSet), 1);
  EXPECT_EQ(testing::sql_value(bench_.database, "SELECT count(*) FROM rate_reservations"), "1");
}

TEST_F(Ledger, ForgetsBucketsThatAreFullAgain) {
  fail_one(Identifier{IdentifierType::dns, "a.example"});
  bench_.clock.at += 24h * 200;
  EXPECT_TRUE(ledger_.entries(kPlace, now()).empty());
  ASSERT_FALSE(reserve(opened()));
  EXPECT_EQ(testing::sql_value(bench_.database, "SELECT count(*) FROM rate_buckets"), "2");
}

TEST_F(Ledger, AnotherProcessSeesWhatWasTaken) {
  ASSERT_FALSE(reserve(opened()));
  Bench other(folder_ / "s.db");
  EXPECT_EQ(SqliteRateLedger(other.database).entries(kPlace, now()).size(), 2U);
}

TEST_F(Ledger, AccountsAtOneDirectoryShareWhatTheCaDoesNotCountPerAccount) {
  ASSERT_FALSE(reserve(opened(), kSecond));
  EXPECT_EQ(used(kOrders, kSecond), 1);
  EXPECT_EQ(used(kOrders), 0) << "per account";
  EXPECT_EQ(used(kSet, kSecond), 1);
  EXPECT_EQ(used(kSet), 1) << "for all accounts";
  EXPECT_THAT(ledger_.entries(kSecond, now()), ::testing::SizeIs(2));
}

}  // namespace
}  // namespace certmgr::store
