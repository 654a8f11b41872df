// SPDX-License-Identifier: MIT
// Clocks that jump, and a daemon that was not running for a while.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "e2e/world/world.h"
#include "lab/temp_dir.h"

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

/// The wall clock of the programs under test, moved by libfaketime.
class MovedClock {
 public:
  explicit MovedClock(World& world) : file_(world.files / "clock") {
    move("+0");
    for (const char* folder : {"/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime"}) {
      const auto library = std::filesystem::path(folder) / "libfaketimeMT.so.1";
      if (std::filesystem::exists(library)) library_ = library.string();
    }
    world.certmgr.set_environment("LD_PRELOAD", library_);
    world.certmgr.set_environment("FAKETIME_TIMESTAMP_FILE", file_.string());
    world.certmgr.set_environment("FAKETIME_NO_CACHE", "1");
    world.certmgr.set_environment("FAKETIME_DONT_FAKE_MONOTONIC", "1");
  }
  [[nodiscard]] bool works() const { return !library_.empty(); }
  void move(const std::string& by) const { lab::write_file(file_, by + "\n"); }

 private:
  std::filesystem::path file_;
  std::string library_;
};

TEST(Clock, SixtyDaysForwardRenewsOnceAndBackAgainDoesNothing) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "libfaketime cannot be loaded before a sanitizer's library";
#endif
  World world({.validity_seconds = 90 * 86400});
  const MovedClock clock(world);
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
