// SPDX-License-Identifier: MIT
// A store that is taken away from under a daemon.
#include <gtest/gtest.h>

#include <csignal>

#include "e2e/world/world.h"
#include "lab/temp_dir.h"

namespace certmgr::e2e {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using lab::wait_until;

class ALostStore : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.certmgr.set_environment("WATCHDOG_USEC", "500000");  // so that it looks often
    ASSERT_EQ(world_.run({"issue", "a.example.com"}).exit_code, 0);
  }
  lab::Process start() {
    auto daemon = world_.certmgr.start({"daemon"});
    EXPECT_TRUE(wait_until([&] { return daemon.errors().find("at work") != std::string::npos; }))
        << daemon.errors();
    return daemon;
  }
  static void expect_end(lab::Process& daemon, const std::string& code) {
    EXPECT_EQ(daemon.wait(20s), 1) << daemon.errors();
    EXPECT_NE(daemon.errors().find("code=" + code), std::string::npos) << daemon.errors();
  }
  [[nodiscard]] fs::path store() const { return world_.certmgr.store_file(); }
  [[nodiscard]] fs::path log() const { return store().string() + "-wal"; }

  World world_;
};

TEST_F(ALostStore, ThatWasDeletedEndsTheDaemonAndNoEmptyOneIsMade) {
  auto daemon = start();
  fs::remove(store());
  expect_end(daemon, "store_vanished");
  const auto again = world_.run({"daemon", "--once"});
  EXPECT_EQ(again.exit_code, 1) << again.errors;
  EXPECT_NE(again.errors.find("bring back the store from a backup"), std::string::npos) << again.errors;
  EXPECT_FALSE(fs::exists(store()));
}

TEST_F(ALostStore, WhoseLogWasDeletedEndsTheDaemon) {
  auto daemon = start();
  fs::remove(log());
  expect_end(daemon, "store_vanished");
}

TEST_F(ALostStore, WhoseFolderWentAwayEndsTheDaemon) {
  const fs::path folder = world_.files / "store";
  const fs::path elsewhere = world_.files / "elsewhere";
  const std::string path = (folder / "certmgr.db").string();
  ASSERT_EQ(world_.run({"--store", path, "issue", "a.example.com"}).exit_code, 0);
  auto daemon = world_.certmgr.start({"--store", path, "daemon"});
  ASSERT_TRUE(wait_until([&] { return daemon.errors().find("at work") != std::string::npos; }));
  fs::rename(folder, elsewhere);
  expect_end(daemon, "store_vanished");
  fs::rename(elsewhere, folder);
  EXPECT_EQ(world_.run({"--store", path, "daemon", "--once"}).exit_code, 0) << "all is as it was";
}

TEST_F(ALostStore, ThatWasReplacedEndsTheDaemonAndTheNextOneWorksOnTheNewFile) {
  const fs::path backup = world_.files / "backup.db";
  ASSERT_EQ(world_.run({"--store", store().string(), "db", "check"}).exit_code, 0);
  fs::copy_file(store(), backup);
  auto daemon = start();
  fs::rename(backup, store());
  expect_end(daemon, "store_replaced");
  EXPECT_EQ(world_.run({"daemon", "--once"}).exit_code, 0);
  EXPECT_EQ(world_.run_json({"list"})["certificates"].size(), 1U);
}

TEST_F(ALostStore, IsNoticedAtAReloadToo) {
  world_.certmgr.set_environment("WATCHDOG_USEC", "60000000");
  auto daemon = start();
  fs::remove(store());
  daemon.signal(SIGHUP);
  EXPECT_EQ(daemon.wait(20s), 1) << daemon.errors();
  EXPECT_FALSE(fs::exists(store()));
}

}  // namespace
}  // namespace certmgr::e2e
