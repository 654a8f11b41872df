// SPDX-License-Identifier: MIT
// What was deployed is changed behind the daemon's back.
#include <gtest/gtest.h>

#include <filesystem>

#include "e2e/world/world.h"
#include "lab/process.h"

namespace certmgr::e2e {
namespace {

using namespace std::chrono_literals;
using lab::wait_until;

const std::string kOftenWatched = "[daemon]\nwatch_every = 10\n";

/// nginx with a certificate of certmgr's, and the pair it had before.
class LiveWatch : public testing::Test {
 protected:
  LiveWatch() {
    world_.start_nginx();
    old_certificate_ = lab::read_file(folder() / "fullchain.pem");
    old_key_ = lab::read_file(folder() / "key.pem");
    old_ = world_.served_by_nginx();
    const auto issued = world_.run({"issue", "a.example.com", "--server", "web"});
    EXPECT_EQ(issued.exit_code, 0) << issued.errors;
    ours_ = world_.stored_fingerprint("a.example.com");
    EXPECT_EQ(world_.served_by_nginx(), ours_);
  }

  [[nodiscard]] std::filesystem::path folder() const { return world_.files / "nginx"; }
  void reload() {
    lab::Process process({.command = {world_.nginx->program().string(), "-c",
                                      world_.nginx->config_file().string(), "-s", "reload"},
                          .environment = lab::own_environment()});
    ASSERT_EQ(process.wait(10s), 0);
  }
  /// As somebody does who has a backup and no idea of certmgr.
  void restore_backup() {
    lab::write_file(folder() / "fullchain.pem", old_certificate_);
    lab::write_file(folder() / "key.pem", old_key_);
    reload();
    ASSERT_TRUE(wait_until([&] { return world_.served_by_nginx() == old_; }));
  }
  bool ours_is_served(lab::milliseconds limit) {
    return wait_until([&] { return world_.served_by_nginx() == ours_; }, limit);
  }

  World world_{{}, kOftenWatched};
  std::string old_certificate_;
  std::string old_key_;
  std::string old_;
  std::string ours_;
};

TEST_F(LiveWatch, ARestoredBackupIsDeployedOver) {
  auto daemon = world_.certmgr.start({"daemon"});
  ASSERT_TRUE(wait_until([&] { return !daemon.errors().empty(); }));
  restore_backup();
  EXPECT_TRUE(ours_is_served(30s)) << daemon.errors();
  EXPECT_TRUE(wait_until([&] { return world_.leftovers().empty(); }));
  EXPECT_TRUE(daemon.running());
}

TEST_F(LiveWatch, WhatHappenedWhileNobodyWatchedIsFoundByCron) {
  restore_backup();
  // The deployment was proven seconds ago, so the look is due within ten.
  const auto repaired = [&] {
    const auto once = world_.run({"daemon", "--once"});
    EXPECT_EQ(once.exit_code, 0) << once.errors;
    return world_.served_by_nginx() == ours_;
  };
  EXPECT_TRUE(wait_until(repaired, 30s));
}

TEST_F(LiveWatch, AFailedDeploymentIsTriedAgainUntilItWorks) {
  world_.nginx->break_config();
  const auto renewed = world_.run({"renew", "a.example.com", "--force"});
  EXPECT_EQ(renewed.exit_code, 3) << renewed.output << renewed.errors;
  EXPECT_EQ(world_.served_by_nginx(), ours_);
  world_.nginx->repair_config();
  const std::string newer = world_.stored_fingerprint("a.example.com");
  auto daemon = world_.certmgr.start({"daemon"});
  EXPECT_TRUE(wait_until([&] { return world_.served_by_nginx() == newer; }, 90s)) << daemon.errors();
}

TEST_F(LiveWatch, AListenerThatIsDownIsNotDeployedTo) {
  auto daemon = world_.certmgr.start({"daemon"});
  ASSERT_TRUE(wait_until([&] { return !daemon.errors().empty(); }));
  world_.nginx->stop();
  const auto down = [&] {
    return world_.run({"status", "--json"}).output.find("listener_down") != std::string::npos;
  };
  EXPECT_TRUE(wait_until(down, 60s)) << daemon.errors() << world_.run({"status"}).output;
  EXPECT_FALSE(world_.nginx->running());
}

}  // namespace
}  // namespace certmgr::e2e
