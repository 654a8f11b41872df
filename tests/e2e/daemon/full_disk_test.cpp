// SPDX-License-Identifier: MIT
// A disk that fills up under a daemon: it says so, lives on, and goes on when there is room.
#include <gtest/gtest.h>
#include <httplib.h>

#include "e2e/world/small_disk.h"
#include "e2e/world/world.h"
#include "lab/ports.h"

namespace certmgr::e2e {
namespace {

using namespace std::chrono_literals;
using lab::wait_until;

TEST(FullDisk, IsToldByTheDaemonWhichGoesOnWhenThereIsRoomAgain) {
  std::string why_not;
  const auto disk = SmallDisk::mount(std::size_t{32} << 20U, why_not);
  if (!disk) GTEST_SKIP() << why_not;
  const int port = lab::free_port();
  World world({.validity_seconds = 12}, "[web]\nlisten = \"127.0.0.1:" + std::to_string(port) + "\"\n");
  const std::string store = *disk / "certmgr.db";
  ASSERT_EQ(world.run({"--store", store, "issue", "a.example.com"}).exit_code, 0);
  const auto versions = [&] {
    return world.run_json({"--store", store, "show", "a.example.com"})["certificate"]["versions"].size();
  };
  auto daemon = world.certmgr.start({"--store", store, "daemon"});
  ASSERT_TRUE(wait_until([&] { return daemon.errors().find("at work") != std::string::npos; }));
  disk->fill();
  const auto before = versions();
  // The certificate is due in a few seconds, and nothing of that can be written.
  EXPECT_TRUE(wait_until([&] { return daemon.errors().find("disk is full") != std::string::npos; }, 60s))
      << daemon.errors();
  httplib::Client client("127.0.0.1", port);
  EXPECT_TRUE(wait_until([&] {
    const auto health = client.Get("/healthz");
    return health && health->status == 503 && health->body.find("disk is full") != std::string::npos;
  })) << client.Get("/healthz")->body;
  EXPECT_EQ(versions(), before);

  disk->make_room();
  EXPECT_TRUE(wait_until([&] { return versions() > before; }, 60s)) << daemon.errors();
  EXPECT_TRUE(wait_until([&] {
    const auto health = client.Get("/healthz");
    return health && health->body.find("disk is full") == std::string::npos;
  })) << client.Get("/healthz")->body;
  EXPECT_TRUE(daemon.running());
  daemon.end();
  EXPECT_TRUE(world.run_json({"--store", store, "db", "check"})["ok"]);
}

}  // namespace
}  // namespace certmgr::e2e
