// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <atomic>
#include <latch>

#include "unit/services/scheduler_world.h"

namespace certmgr {
namespace {

using namespace std::chrono_literals;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Le;
using ::testing::Not;
using testing::order;
using testing::Running;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

bool wait_until(const std::function<bool()>& happened) {
  const auto limit = std::chrono::steady_clock::now() + 20s;
  while (!happened()) {
    if (std::chrono::steady_clock::now() > limit) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

StepResult done() { return {.finished = true, .wake_at = {}, .trouble = {}}; }

StepResult silence(Instant again) {
  return {.finished = false,
          .wake_at = again,
          .trouble = Trouble{.kind = TroubleKind::transient, .code = "ca_unreachable"},
          .failures = 1};
}

/// Ends every task at its first step.
struct Simple : Running {
  Simple()
      : Running([this](std::int64_t id) {
          queue.remove(order(id));
          return done();
        }) {}
};

TEST(Scheduler, WorksOnWhatIsDueTheLongestDueFirst) {
  Simple world;
  world.limits = {1, 64, 0};
  const Instant now = world.clock.now();
  world.queue.add(order(1), "ca:a", now - 1s);
  world.queue.add(order(2), "ca:a", now - 3s);
  world.queue.add(order(3), "ca:a", now - 2s);
  world.start();
  ASSERT_TRUE(wait_until([&] { return world.runner->order().size() == 3; }));
  EXPECT_THAT(world.runner->order(), ElementsAre(2, 3, 1));
}

/// A party that neither half serves would be left alone where the two halves run, as the package installs
/// them.
TEST(Scheduler, OfOneHalfServesWhatTheOtherDoesNot) {
  const std::vector<std::string> parties = {"deploy",      "watch",      "ca:a",          "renewal",
                                            "revocation",  "enrollment", "pruning",       "organization",
                                            "notify:mail", "cleanup",    "what will come"};
  const auto served_by = [&](DaemonRole role, std::size_t at_least) {
    Simple world;
    world.role = role;
    for (std::size_t i = 0; i < parties.size(); ++i)
      world.queue.add(order(static_cast<std::int64_t>(i)), parties[i], world.clock.now() - 1s);
    world.start();
    EXPECT_TRUE(wait_until([&] { return world.runner->order().size() >= at_least; }));
    EXPECT_THAT(world.bell.sleeps_at_least(30s), Ge(30s)) << "there is no more";
    std::set<std::string> served;
    for (const auto id : world.runner->order()) served.insert(parties[static_cast<std::size_t>(id)]);
    return served;
  };
  EXPECT_THAT(served_by(DaemonRole::deploy, 2), UnorderedElementsAre("deploy", "watch"));
  EXPECT_THAT(served_by(DaemonRole::network, parties.size() - 2), SizeIs(parties.size() - 2));
  EXPECT_THAT(served_by(DaemonRole::network, parties.size() - 2),
              Not(AnyOf(Contains("deploy"), Contains("watch"))));
  EXPECT_THAT(served_by(DaemonRole::all, parties.size()), SizeIs(parties.size()));
}

TEST(Scheduler, SleepsUntilTheEarliestTaskIsDue) {
  Simple world;
  world.queue.add(order(1), "ca:a", world.clock.now() + 7s);
  world.start();
  EXPECT_EQ(world.bell.sleeps_at_least(1s), 7s);
  EXPECT_THAT(world.runner->order(), SizeIs(0));
  world.pass(7s);
  EXPECT_TRUE(wait_until([&] { return world.runner->order().size() == 1; }));
}

TEST(Scheduler, TakesNoNoticeOfAClockThatWentBackAndCatchesUpWithOneThatWentForward) {
  Simple world;
  world.queue.add(order(1), "ca:a", world.clock.now() + 24h);
  world.start();
  EXPECT_EQ(world.bell.sleeps_at_least(1s), 30s);
  world.pass(-48h);
  EXPECT_EQ(world.bell.sleeps_at_least(1s), 30s);
  EXPECT_THAT(world.runner->order(), SizeIs(0));
  world.pass(73h);
  EXPECT_TRUE(wait_until([&] { return world.runner->order().size() == 1; }));
}

TEST(Scheduler, DoesNotLetAHangingPartyDelayTheOthers) {
  std::latch release(1);
  std::atomic<int> finished = 0;
  Running world([&](std::int64_t id) {
    if (id < 100)
      release.wait();
    else
      ++finished;
    world.queue.remove(order(id));
    return done();
  });
  for (int id = 0; id < 20; ++id) world.queue.add(order(id), "ca:dead", world.clock.now());
  for (int id = 100; id < 150; ++id) world.queue.add(order(id), "ca:good", world.clock.now());
  world.start();
  EXPECT_TRUE(wait_until([&] { return finished == 50; }));
  EXPECT_TRUE(wait_until([&] { return world.scheduler->health().working == 8; }))
      << "the dead CA's share and no more";
  release.count_down();
}

TEST(Scheduler, GivesEachPartyItsShareAtOnce) {
  std::atomic<int> done_count = 0;
  Running world([&](std::int64_t id) {
    std::this_thread::yield();
    world.queue.remove(order(id));
    ++done_count;
    return done();
  });
  world.limits = {3, 10, 0};
  for (int id = 0; id < 200; ++id) world.queue.add(order(id), "ca:a", world.clock.now());
  world.start();
  ASSERT_TRUE(wait_until([&] { return done_count == 200; }));
  EXPECT_THAT(world.runner->most_at_once(), Le(3));
}

TEST(Scheduler, StopsAskingACaThatDoesNotAnswerAndTriesWithOneTaskLater) {
  std::atomic<bool> alive = false;
  Running world([&](std::int64_t id) {
    if (!alive) {
      world.queue.move(order(id), world.clock.now() + 1h);
      return silence(world.clock.now() + 1h);
    }
    world.queue.remove(order(id));
    return done();
  });
  for (int id = 0; id < 200; ++id) world.queue.add(order(id), "ca:dead", world.clock.now());
  world.start();
  const auto quiet = [&] {
    const auto health = world.scheduler->health();
    return health.paused.contains("ca:dead") && health.in_flight == 0 && world.queue.leases() == 0;
  };
  ASSERT_TRUE(wait_until(quiet)) << "what is claimed goes back: free for whoever wants to try by hand";
  const auto asked = world.runner->order().size();
  EXPECT_THAT(asked, Ge(3U));
  EXPECT_THAT(asked, Le(16U)) << "of two hundred";
  world.pass(10min);
  ASSERT_TRUE(wait_until([&] { return world.runner->order().size() > asked; }));
  ASSERT_TRUE(wait_until(quiet));
  EXPECT_EQ(world.runner->order().size(), asked + 1) << "one may try";

  alive = true;
  world.pass(1h);
  EXPECT_TRUE(wait_until([&] { return world.runner->order().size() >= 200; }));
  EXPECT_TRUE(world.scheduler->health().paused.empty());
}

TEST(Scheduler, BeginsNoMoreThanThePaceAllows) {
  Simple world;
  world.limits = {8, 64, 30};
  for (int id = 0; id < 100; ++id) world.queue.add(order(id), "ca:a", world.clock.now());
  world.start();
  ASSERT_TRUE(wait_until([&] { return world.runner->order().size() == 30; }));
  EXPECT_EQ(world.bell.sleeps_at_least(1900ms), 2s) << "until the next one may begin";
  EXPECT_THAT(world.runner->order(), SizeIs(30));
  world.pass(10s);
  EXPECT_TRUE(wait_until([&] { return world.runner->order().size() == 35; }));
}

TEST(Scheduler, KeepsATaskThatIsDueAgainSoonAndGivesBackOneThatIsNot) {
  Running world([&](std::int64_t id) {
    const Instant again = world.clock.now() + (id == 1 ? Duration(1s) : Duration(1h));
    world.queue.move(order(id), again);
    return StepResult{.finished = false, .wake_at = again, .trouble = {}};
  });
  world.queue.add(order(1), "ca:a", world.clock.now());
  world.queue.add(order(2), "ca:a", world.clock.now());
  world.start();
  ASSERT_TRUE(wait_until([&] { return world.runner->let_go().contains(2); }));
  EXPECT_EQ(world.bell.sleeps_at_least(1s), 1s);
  EXPECT_EQ(world.queue.leases(), 1);
  EXPECT_FALSE(world.runner->let_go().contains(1));
  world.stop();
  EXPECT_TRUE(world.runner->let_go().contains(1));
  EXPECT_EQ(world.queue.leases(), 0);
}

TEST(Scheduler, DoesNotKeepWhatAStepHasGivenBackItself) {
  Running world([&](std::int64_t id) {
    const Instant again = world.clock.now() + 1s;
    world.queue.move(order(id), again);
    world.queue.full = false;
    world.queue.release(order(id));
    world.queue.full = true;  // once more would be noticed
    return StepResult{.finished = false, .wake_at = again, .trouble = {}, .given_back = true};
  });
  world.queue.add(order(1), "ca:a", world.clock.now());
  world.start();
  ASSERT_TRUE(wait_until([&] { return world.runner->let_go().contains(1); }));
  EXPECT_EQ(world.queue.leases(), 0);
  world.pass(1s);
  EXPECT_TRUE(wait_until([&] { return world.runner->order().size() == 2; }));
  EXPECT_TRUE(world.quiet.warnings().empty());
}

TEST(Scheduler, TriesATaskWhoseStepFailedAgainLaterAndSaysSo) {
  std::atomic<int> tries = 0;
  Running world([&](std::int64_t id) -> StepResult {
    if (++tries == 1) throw std::runtime_error("something odd");
    world.queue.remove(order(id));
    return done();
  });
  world.queue.add(order(1), "ca:a", world.clock.now());
  world.start();
  ASSERT_TRUE(wait_until([&] { return world.runner->let_go().contains(1); }));
  EXPECT_EQ(world.bell.sleeps_at_least(29s), 30s);
  EXPECT_THAT(world.quiet.warnings(), ElementsAre(::testing::HasSubstr("something odd")));
  EXPECT_EQ(tries, 1);
  EXPECT_EQ(world.queue.leases(), 0) << "a person may want to try";
  world.pass(31s);
  EXPECT_TRUE(wait_until([&] { return tries == 2; }));
}

TEST(Scheduler, OutlivesAStoreThatCannotBeReadForAWhile) {
  Simple world;
  world.queue.broken = true;
  world.queue.add(order(1), "ca:a", world.clock.now());
  world.start();
  ASSERT_TRUE(wait_until([&] { return !world.quiet.warnings().empty(); }));
  EXPECT_NE(world.scheduler->health().store_trouble, "");
  world.queue.broken = false;
  world.pass(5s);
  EXPECT_TRUE(wait_until([&] { return world.runner->order().size() == 1; }));
  EXPECT_TRUE(wait_until([&] { return world.scheduler->health().store_trouble.empty(); }));
}

TEST(Scheduler, DoesNotForgetATaskWhoseLeaseCouldNotBeGivenBack) {
  Running world([&](std::int64_t id) {
    const Instant again = world.clock.now() + 1h;
    world.queue.move(order(id), again);
    return StepResult{.finished = false, .wake_at = again, .trouble = {}};
  });
  world.queue.full = true;
  world.queue.add(order(1), "ca:a", world.clock.now());
  world.start();
  ASSERT_TRUE(wait_until([&] { return !world.quiet.warnings().empty(); }));
  EXPECT_EQ(world.queue.leases(), 1);
  EXPECT_TRUE(wait_until([&] { return !world.scheduler->health().store_trouble.empty(); }));
  world.queue.full = false;
  world.pass(2h);
  EXPECT_TRUE(wait_until([&] { return world.queue.leases() == 0 && world.runner->order().size() == 2; }));
  EXPECT_TRUE(wait_until([&] { return world.scheduler->health().store_trouble.empty(); }));
}

void run_until_idle(Running& world) {
  Scheduler scheduler({world.queue,
                       {{TaskKind::order, world.runner.get()}},
                       world.clock,
                       world.bell,
                       world.quiet,
                       world.quiet},
                      {});
  scheduler.run_until_idle({});
}

TEST(Scheduler, EndsByItselfWhenNothingIsDue) {
  Simple world;
  for (int id = 0; id < 10; ++id) world.queue.add(order(id), "ca:a", world.clock.now());
  world.queue.add(order(99), "ca:a", world.clock.now() + 1h);
  run_until_idle(world);
  EXPECT_THAT(world.runner->order(), SizeIs(10));
}

TEST(Scheduler, DoesWhatItsOwnWorkKeptItFromBeforeItEndsByItself) {
  Running world([&](std::int64_t id) {
    EXPECT_TRUE(id != 1 || wait_until([&] { return world.queue.in_vain > 0; }));
    world.queue.remove(order(id));
    return done();
  });
  world.queue.add(order(1), "ca:a", world.clock.now(), "certificate/7");
  world.queue.add(order(2), "enrollment", world.clock.now(), "certificate/7");
  run_until_idle(world);
  EXPECT_THAT(world.runner->order(), ElementsAre(1, 2));
}

TEST(Scheduler, DoesNotWaitForWhatBreaksBeforeItEndsByItself) {
  Running world([&](std::int64_t id) -> StepResult {
    if (id == 1) throw std::runtime_error("something odd");
    world.queue.remove(order(id));
    return done();
  });
  world.queue.add(order(1), "ca:a", world.clock.now());
  world.queue.add(order(2), "ca:a", world.clock.now());
  run_until_idle(world);
  EXPECT_THAT(world.runner->order(), ::testing::UnorderedElementsAre(1, 2));
  EXPECT_EQ(world.queue.leases(), 0);
}

TEST(Scheduler, DoesWhatAKilledProcessHeldBeforeItEndsByItself) {
  Simple world;
  world.queue.add(order(1), "ca:a", world.clock.now());
  world.queue.leave_dead(order(1));
  run_until_idle(world);
  EXPECT_THAT(world.runner->order(), ElementsAre(1));
}

}  // namespace
}  // namespace certmgr
