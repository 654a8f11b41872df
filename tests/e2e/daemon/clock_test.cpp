// SPDX-License-Identifier: MIT
// Clocks that jump, and a daemon that was not running for a while.
#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "e2e/world/moved_clock.h"
#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

using namespace std::chrono_literals;
using lab::wait_until;

bool says(lab::Process& daemon, const std::string& text) {
  return wait_until([&] { return daemon.errors().find(text) != std::string::npos; });
}

std::size_t versions(const World& world) {
  return world.run_json({"show", "a.example.com"})["certificate"]["versions"].size();
}

TEST(Clock, SixtyDaysForwardRenewsOnceAndBackAgainDoesNothing) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "libfaketime cannot be loaded before a sanitizer's library";
#endif
  World world({.validity_seconds = 90 * 86400});
  const MovedClock clock(world.certmgr, world.files / "clock");
  ASSERT_TRUE(clock.works()) << "libfaketime is not installed";
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  auto daemon = world.certmgr.start({"daemon"});
  ASSERT_TRUE(says(daemon, "at work"));
  ASSERT_EQ(versions(world), 1U);

  clock.move("+61d");
  daemon.signal(SIGHUP);  // so that it looks now and not only within half a minute
  ASSERT_TRUE(wait_until([&] { return versions(world) == 2; })) << daemon.errors();
  daemon.signal(SIGHUP);
  ASSERT_TRUE(says(daemon, "the configuration was read again"));
  EXPECT_EQ(versions(world), 2U) << "the CA's clock was not moved: what it issues is due here at once";

  clock.move("-1d");
  daemon.signal(SIGHUP);
  ASSERT_EQ(world.run({"issue", "b.example.com"}).exit_code, 1) << "the new certificate is not valid yet";
  EXPECT_EQ(versions(world), 2U);
  clock.move("+0");
  EXPECT_EQ(world.run({"issue", "b.example.com"}).exit_code, 0);
  EXPECT_EQ(versions(world), 2U);
}

TEST(Suspend, ADaemonThatStoodStillForMoreThanALifeRenewsWhenItGoesOn) {
  World world({.validity_seconds = 8});
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  auto daemon = world.certmgr.start({"daemon"});
  ASSERT_TRUE(says(daemon, "at work"));
  daemon.signal(SIGSTOP);
  std::this_thread::sleep_for(9s);  // nothing tells that a certificate has expired
  const auto before = versions(world);
  daemon.signal(SIGCONT);
  EXPECT_TRUE(wait_until([&] { return versions(world) > before; })) << daemon.errors();
}

}  // namespace
}  // namespace certmgr::e2e
