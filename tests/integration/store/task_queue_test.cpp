// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <unistd.h>

#include <memory>
#include <thread>

#include "integration/store/process.h"
#include "integration/store/support.h"

namespace certmgr::store {
namespace {

using testing::Bench;
using testing::Child;
using testing::event;

constexpr Duration kLease = std::chrono::minutes(5);

class TheTaskQueue : public ::testing::Test {
 protected:
  TheTaskQueue() {
    const Certificate pbx = bench_->make_certificate("pbx");
    const Version version = bench_->issue(pbx);
    const Version other = bench_->issue(bench_->make_certificate("other"));
    sip_ = bench_->make_server("sip");
    const auto open = [&](const Version& deployed, const Server& server) {
      return TaskRef{
          TaskKind::deployment,
          bench_->deployments.open_deployment(testing::deployment(deployed, server), event("e", "sip")).id};
    };
    order_ = {TaskKind::order, bench_->open_order(pbx).id};
    first_ = open(version, sip_);
    second_ = open(other, sip_);
    elsewhere_ = open(version, bench_->make_server("web"));
    now_ = bench_->clock.now();
  }

  Claim claim(TaskRef task) { return bench_->tasks.claim(task, now_, kLease, false); }

  testing::TemporaryFolder folder_;
  std::string path_ = folder_ / "s.db";
  std::unique_ptr<Bench> bench_ = std::make_unique<Bench>(path_);
  Server sip_;
  TaskRef order_;
  TaskRef first_;      // on lane server:sip
  TaskRef second_;     // on the same lane
  TaskRef elsewhere_;  // on another
  Instant now_;
};

TEST_F(TheTaskQueue, hands_a_task_out_once) {
  EXPECT_EQ(claim(order_).result, ClaimResult::claimed);
  const Claim again = claim(order_);
  EXPECT_EQ(again.result, ClaimResult::held);
  EXPECT_EQ(again.holder, "pid " + std::to_string(getpid()));
  bench_->tasks.release(order_);
  EXPECT_EQ(claim(order_).result, ClaimResult::claimed);
}

TEST_F(TheTaskQueue, gives_back_what_is_to_wait_and_lets_a_person_have_it_sooner) {
  ASSERT_EQ(claim(order_).result, ClaimResult::claimed);
  bench_->tasks.postpone(order_, now_ + std::chrono::seconds(30));
  EXPECT_EQ(claim(order_).result, ClaimResult::not_due);
  EXPECT_EQ(claim(order_).due_at, now_ + std::chrono::seconds(30));
  EXPECT_EQ(bench_->tasks.claim(order_, now_, kLease, true).result, ClaimResult::claimed);
  bench_->tasks.postpone(order_, now_);
  EXPECT_EQ(claim(order_).due_at, now_ + std::chrono::seconds(30)) << "it is due no sooner than it was";
  bench_->tasks.postpone({TaskKind::order, 999}, now_);
}

TEST_F(TheTaskQueue, hands_out_one_task_per_lane) {
  EXPECT_EQ(claim(first_).result, ClaimResult::claimed);
  EXPECT_EQ(claim(second_).result, ClaimResult::held);
  EXPECT_EQ(claim(elsewhere_).result, ClaimResult::claimed);
  EXPECT_EQ(claim(order_).result, ClaimResult::claimed);
  bench_->tasks.release(first_);
  EXPECT_EQ(claim(second_).result, ClaimResult::claimed);
  EXPECT_EQ(claim(first_).result, ClaimResult::held);
}

TEST_F(TheTaskQueue, keeps_to_the_due_time_unless_a_person_asks) {
  Order order = *bench_->orders.order(order_.subject_id);
  order.wake_at = now_ + std::chrono::hours(1);
  bench_->orders.save({order, event("e", "pbx"), {}, {}, {}});
  const Claim early = claim(order_);
  EXPECT_EQ(early.result, ClaimResult::not_due);
  EXPECT_EQ(early.due_at, order.wake_at);
  EXPECT_EQ(bench_->tasks.claim(order_, order.wake_at, kLease, false).result, ClaimResult::claimed);
  bench_->tasks.release(order_);
  EXPECT_EQ(bench_->tasks.claim(order_, now_, kLease, true).result, ClaimResult::claimed);
}

TEST_F(TheTaskQueue, does_not_know_a_task_that_never_was) {
  EXPECT_EQ(claim({TaskKind::order, 999}).result, ClaimResult::gone);
}

TEST_F(TheTaskQueue, gives_a_lease_that_ran_out_to_the_next) {
  claim(order_);
  now_ += kLease - Duration(1);
  EXPECT_EQ(claim(order_).result, ClaimResult::held);
  now_ += Duration(1);
  EXPECT_EQ(claim(order_).result, ClaimResult::claimed);
}

TEST_F(TheTaskQueue, extends_a_lease) {
  claim(order_);
  bench_->tasks.extend(order_, now_ + 2 * kLease);
  now_ += kLease + Duration(1);
  EXPECT_EQ(claim(order_).result, ClaimResult::held);
}

TEST_F(TheTaskQueue, lets_nobody_extend_or_release_a_lease_of_another_process) {
  claim(order_);
  bench_.reset();
  const std::string path = path_;
  const TaskRef order = order_;
  const Instant now = now_;
  // The holder, this process, lives; the child is another one.
  EXPECT_EQ(testing::in_child([&] {
              Bench other(path);
              other.tasks.release(order);
              other.tasks.extend(order, now);
              return other.tasks.claim(order, now, kLease, true).result == ClaimResult::held ? 0 : 1;
            }),
            0);
}

TEST_F(TheTaskQueue, lets_exactly_one_of_many_processes_win) {
  bench_.reset();
  const auto work = [this](int descriptor) {
    Bench bench(path_);
    const Claim got = bench.tasks.claim(first_, now_, kLease, false);
    testing::say(descriptor, got.result == ClaimResult::claimed ? 'w'
                             : got.result == ClaimResult::held  ? 'h'
                                                                : '?');
    testing::sleep_for_ever();
  };
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < 6; ++i) children.push_back(std::make_unique<Child>(work));
  std::string words;
  for (const auto& child : children) words += child->wait_for_word();
  EXPECT_EQ(std::count(words.begin(), words.end(), 'w'), 1) << words;
  EXPECT_EQ(std::count(words.begin(), words.end(), 'h'), 5) << words;
}

TEST_F(TheTaskQueue, takes_over_from_a_killed_process_at_once) {
  bench_.reset();
  Child holder([this](int descriptor) {
    Bench bench(path_);
    testing::say(descriptor,
                 bench.tasks.claim(first_, now_, kLease, false).result == ClaimResult::claimed ? 'w' : '?');
    testing::sleep_for_ever();
  });
  ASSERT_EQ(holder.wait_for_word(), 'w');
  bench_ = std::make_unique<Bench>(path_);
  const Claim blocked = claim(first_);
  EXPECT_EQ(blocked.result, ClaimResult::held);
  EXPECT_EQ(blocked.holder, "pid " + std::to_string(holder.pid()));
  EXPECT_EQ(claim(second_).result, ClaimResult::held);
  holder.kill();
  holder.wait();
  EXPECT_EQ(claim(second_).result, ClaimResult::claimed);
  EXPECT_EQ(claim(first_).result, ClaimResult::held);
  bench_->tasks.release(second_);
  EXPECT_EQ(claim(first_).result, ClaimResult::claimed);
}

TEST_F(TheTaskQueue, keeps_the_threads_of_one_process_apart) {
  std::atomic<int> claimed = 0;
  std::atomic<int> held = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const Claim got = claim(i % 2 == 0 ? first_ : second_);
      claimed += got.result == ClaimResult::claimed;
      held += got.result == ClaimResult::held;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(claimed, 1);
  EXPECT_EQ(held, 7);
}

TEST_F(TheTaskQueue, forgets_the_lease_with_the_task) {
  claim(order_);
  Order order = *bench_->orders.order(order_.subject_id);
  order.state = Withdrawn{};
  bench_->orders.save({order, event("e", "pbx"), {}, {}, {}});
  bench_->tasks.release(order_);
  EXPECT_EQ(claim(order_).result, ClaimResult::gone);
  const TaskRef next{TaskKind::order, bench_->open_order(*bench_->certificates.find("pbx")).id};
  EXPECT_EQ(claim(next).result, ClaimResult::claimed);
}

}  // namespace
}  // namespace certmgr::store
