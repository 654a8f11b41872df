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

/// For long runs by hand: $CERTMGR_KILLS, $CERTMGR_NAMES.
int wanted(const char* variable, int usual) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::atoi(text) : usual;
}

std::string name_of(int i) { return "n" + std::to_string(i) + ".example.com"; }
std::string box_of(int i) { return "box" + std::to_string(i); }

/// A fleet of certificates, each with a server of files and a hook that is content.
void declare(World& world, int names) {
  const auto hook = write_hook(world.files / "hook", "exit 0\n");
  std::string fleet;
  for (int i = 0; i < names; ++i) {
    const auto folder = world.files / box_of(i);
    std::filesystem::create_directories(folder);
    fleet += "[[server]]\nname = \"" + box_of(i) + "\"\ntype = \"generic\"\nhook = \"" + hook.string() +
             "\"\nkey = \"" + (folder / "key.pem").string() + "\"\nfullchain = \"" +
             (folder / "fullchain.pem").string() + "\"\n[[certificate]]\nnames = [\"" + name_of(i) +
             "\"]\nservers = [\"" + box_of(i) + "\"]\n";
  }
  lab::write_file(world.files / "fleet.toml", fleet);
  const auto applied = world.run({"apply", (world.files / "fleet.toml").string(), "--yes"});
  ASSERT_EQ(applied.exit_code, 0) << applied.output << applied.errors;
}

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
  const int names = wanted("CERTMGR_NAMES", 24);
  const int kills = wanted("CERTMGR_KILLS", 8);
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 chance(seed);
  World world;
  auto& proxy = world.put_proxy_before_ca();
  declare(world, names);
  for (int i = 0; i < kills; ++i) {
    auto daemon = world.certmgr.start({"daemon"});
    std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution(20, 300)(chance)));
    daemon.signal(SIGKILL);
    daemon.wait(10s);
  }
  auto daemon = world.certmgr.start({"daemon"});
  EXPECT_TRUE(lab::wait_until([&] { return all_deployed(world, static_cast<std::size_t>(names)); }, 200s))
      << daemon.errors();
  daemon.end();

  for (int i = 0; i < names; ++i) {
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
  // A kill costs an order at most for each one that was being placed: eight at the same moment.
  EXPECT_LE(proxy.count(lab::paths::kNewOrder), names + kills * 8);
}

}  // namespace
}  // namespace certmgr::e2e
