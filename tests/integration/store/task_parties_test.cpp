// SPDX-License-Identifier: MIT
// What the scheduler asks of the queue: what is due, by party, without knowing it before.
#include <gmock/gmock.h>

#include <memory>

#include "integration/store/process.h"
#include "integration/store/support.h"

namespace certmgr::store {
namespace {

using testing::Bench;
using testing::Child;
using testing::event;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Duration kLease = std::chrono::minutes(5);
constexpr const char* kCa = "ca:letsencrypt";

class TheParties : public ::testing::Test {
 protected:
  Order open(const std::string& label, Duration wait) {
    Order order = bench_->open_order(bench_->make_certificate(label));
    order.wake_at = now_ + wait;
    return bench_->orders.save({order, event("e", label), {}, {}, {}});
  }
  std::vector<DueTask> claim(const std::string& party, int limit = 100) {
    return bench_->tasks.claim_due(party, now_, kLease, limit);
  }
  std::optional<Instant> earliest(const std::string& party) {
    for (const auto& outlook : bench_->tasks.outlook())
      if (outlook.party == party) return outlook.earliest;
    return std::nullopt;
  }

  testing::TemporaryFolder folder_;
  std::string path_ = folder_ / "s.db";
  std::unique_ptr<Bench> bench_ = std::make_unique<Bench>(path_);
  Instant now_ = bench_->clock.now();
};

TEST_F(TheParties, give_what_is_due_the_longest_due_first_and_no_more_than_wanted) {
  const Order late = open("late", std::chrono::seconds(-1));
  const Order latest = open("latest", std::chrono::seconds(-9));
  open("later", std::chrono::hours(1));
  const auto first = claim(kCa, 1);
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].task.subject_id, latest.id);
  const auto rest = claim(kCa);
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_EQ(rest[0].task.subject_id, late.id);
  EXPECT_THAT(claim(kCa), IsEmpty());
  EXPECT_EQ(earliest(kCa), now_ + std::chrono::hours(1)) << "leased ones are not waiting";
}

TEST_F(TheParties, have_nothing_to_do_with_each_other) {
  open("a", std::chrono::seconds(0));
  EXPECT_THAT(claim("ca:other"), IsEmpty());
  EXPECT_EQ(earliest("ca:other"), std::nullopt);
  EXPECT_NE(earliest("renewal"), std::nullopt) << "every certificate has its renewal";
}

TEST_F(TheParties, give_one_task_of_a_lane_at_a_time) {
  const Server sip = bench_->make_server("sip");
  for (const auto* label : {"a", "b"})
    bench_->deployments.open_deployment(
        testing::deployment(bench_->issue(bench_->make_certificate(label)), sip), event("e", "sip"));
  now_ += std::chrono::hours(1);
  const auto first = claim("deploy");
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_THAT(claim("deploy"), IsEmpty());
  bench_->tasks.release_all({first[0].task});
  EXPECT_THAT(claim("deploy"), SizeIs(1));
}

TEST_F(TheParties, get_back_what_a_killed_process_held_and_not_what_a_live_one_holds) {
  open("a", std::chrono::seconds(0));
  bench_.reset();
  Child holder([this](int descriptor) {
    Bench bench(path_);
    const bool got = bench.tasks.claim_due(kCa, now_, kLease, 10).size() == 1;
    testing::say(descriptor, got ? 'w' : '?');
    testing::sleep_for_ever();
  });
  ASSERT_EQ(holder.wait_for_word(), 'w');
  bench_ = std::make_unique<Bench>(path_);
  EXPECT_TRUE(bench_->tasks.reap(now_)) << "somebody is at work";
  EXPECT_THAT(claim(kCa), IsEmpty());
  EXPECT_EQ(bench_->tasks.look({TaskKind::order, 1}, now_).result, ClaimResult::held);
  holder.kill();
  holder.wait();
  EXPECT_FALSE(bench_->tasks.reap(now_));
  EXPECT_THAT(claim(kCa), SizeIs(1));
}

TEST_F(TheParties, get_back_a_lease_that_ran_out) {
  open("a", std::chrono::seconds(0));
  bench_.reset();
  Child holder([this](int descriptor) {
    Bench bench(path_);
    testing::say(descriptor, bench.tasks.claim_due(kCa, now_, kLease, 10).size() == 1 ? 'w' : '?');
    testing::sleep_for_ever();
  });
  ASSERT_EQ(holder.wait_for_word(), 'w');
  bench_ = std::make_unique<Bench>(path_);
  now_ += kLease + Duration(1);
  bench_->tasks.reap(now_);
  EXPECT_THAT(claim(kCa), SizeIs(1));
}

TEST_F(TheParties, hear_of_the_end_of_an_order_through_the_renewal) {
  Order order = open("a", std::chrono::seconds(0));
  for (const auto& due : bench_->tasks.claim_due("renewal", now_ + std::chrono::hours(9), kLease, 10))
    bench_->tasks.release(due.task);
  order.state = Withdrawn{};
  bench_->orders.save({order, event("e", "a"), {}, {}, {}});
  EXPECT_LE(earliest("renewal"), now_);
}

}  // namespace
}  // namespace certmgr::store
