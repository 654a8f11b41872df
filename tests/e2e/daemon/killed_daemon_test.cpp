// SPDX-License-Identifier: MIT
// A daemon that is killed again and again in the middle of mass issuance and deployment.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

#include "e2e/world/world.h"
#include "lab/temp_dir.h"

namespace certmgr::e2e {
namespace {

using namespace std::chrono_literals;

/// $CERTMGR_KILLS for long runs by hand.
int kills_wanted() {
  const char* text = std::getenv("CERTMGR_KILLS");
  return text != nullptr ? std::atoi(text) : 8;
}

std::string name_of(int i) { return "n" + std::to_string(i) + ".example.com"; }
std::string box_of(int i) { return "box" + std::to_string(i); }

/// Everything is issued and every server has it.
bool all_deployed(const World& world, std::size_t names) {
  const auto listed = world.run({"list", "--json"});
  if (listed.exit_code != 0) return false;
  const json document = listed.json();
  std::size_t good = 0;
  for (const auto& certificate : document["certificates"])
    for (const auto& server : certificate["servers"])
      if (server["state"] == "verified") ++good;
  return good == names;
}

TEST(KilledDaemon, LeavesEveryNameWithOneCertificateDeployedOnceAndNoOrderTwice) {
  constexpr int kNames = 12;
  const int kills = kills_wanted();
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 chance(seed);
  World world;
  auto& proxy = world.put_proxy_before_ca();
  const auto hook = write_hook(world.files / "hook", "exit 0\n");
  for (int i = 0; i < kNames; ++i) {
    world.register_files(box_of(i), {"--hook", hook.string()});
    ASSERT_EQ(world.run({"issue", name_of(i), "--server", box_of(i), "--no-wait"}).exit_code, 4);
  }
  for (int i = 0; i < kills; ++i) {
    auto daemon = world.certmgr.start({"daemon"});
    std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution(20, 400)(chance)));
    daemon.signal(SIGKILL);
    daemon.wait(10s);
  }
  auto daemon = world.certmgr.start({"daemon"});
  EXPECT_TRUE(lab::wait_until([&] { return all_deployed(world, kNames); }, 120s)) << daemon.errors();
  daemon.end();

  for (int i = 0; i < kNames; ++i) {
    const auto shown = world.run_json({"show", name_of(i)});
    EXPECT_EQ(shown["certificate"]["versions"].size(), 1U) << name_of(i);
    const auto out = world.files / ("export" + std::to_string(i));
    std::filesystem::create_directories(out);
    ASSERT_EQ(world.run({"export", name_of(i), "--out", out.string()}).exit_code, 0);
    EXPECT_EQ(lab::read_file(world.files / box_of(i) / "fullchain.pem"),
              lab::read_file(out / "fullchain.pem"));
    EXPECT_EQ(lab::read_file(world.files / box_of(i) / "key.pem"), lab::read_file(out / "privkey.pem"));
  }
  const auto checked = world.run({"db", "check"});
  EXPECT_EQ(checked.exit_code, 0) << checked.output << checked.errors;
  // A kill costs at most one order for each task that was in flight.
  EXPECT_LE(proxy.count(lab::paths::kNewOrder), kNames + kills * kNames);
}

}  // namespace
}  // namespace certmgr::e2e
