// SPDX-License-Identifier: MIT
// Killed at any moment with both servers: what is left at the CA, in the store and on the servers.
#include <atomic>
#include <csignal>
#include <random>
#include <thread>

#include "e2e/world/world.h"
#include "secret_scan.h"

namespace certmgr::e2e {
namespace {

/// New ones; an account or order that is only found again is answered with 200.
int created(const lab::FaultProxy& proxy, const std::string& path) {
  int count = 0;
  for (const auto& request : proxy.requests()) count += request.path == path && request.status == 201 ? 1 : 0;
  return count;
}

struct Kills {
  int landed = 0;  // on a run that had not ended by itself
  bool done = false;
};

/// Starts the command and kills it after a random time, until it ends well by itself or `most` kills have
/// landed. The time is no synchronisation: when the kill comes is what is drawn by lot.
Kills kill_until_done(const World& world, const Arguments& arguments, int most, unsigned most_ms,
                      std::mt19937& random) {
  Kills kills;
  while (!kills.done && kills.landed < most) {
    auto process = world.certmgr.start(arguments);
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::uniform_int_distribution<unsigned>(0, most_ms)(random)));
    process.signal(SIGKILL);
    const auto outcome = lab::Certmgr::outcome_of(process);
    if (outcome.exit_code == 128 + SIGKILL) {
      ++kills.landed;
    } else {
      EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
      kills.done = true;
    }
    // What the dead process had sent reaches the CA before the next one asks the CA about it.
    EXPECT_TRUE(lab::wait_until([&] { return world.proxy->idle(); }));
  }
  return kills;
}

std::size_t refused_names(const lab::Pebble& pebble) {
  const std::string log = pebble.log();
  std::size_t count = 0;
  for (auto at = log.find("INVALID"); at != std::string::npos; at = log.find("INVALID", at + 1)) ++count;
  return count;
}

void expect_all_is_well(const World& world, const std::string& label) {
  auto shown = world.run_json({"show", label})["certificate"];
  const std::string current = shown["fingerprint_sha256"];
  EXPECT_EQ(world.served_by_nginx(), current);
  EXPECT_EQ(world.served_by_kamailio(), current);
  for (const auto& server : shown["servers"]) EXPECT_EQ(server["state"], "verified") << server.dump(2);
  EXPECT_EQ(world.pebble.status_of_serial(shown["serial"]), "Valid");
  auto health = world.run_json({"db", "check"});
  EXPECT_TRUE(health["ok"]) << health.dump(2);
  EXPECT_EQ(health["keys"], shown["versions"].size() + 1) << "one for each version, one for the account";
  EXPECT_EQ(created(*world.proxy, lab::paths::kNewAccount), 1);
  // Only an order that the CA refused while its run was dead is placed a second time.
  const auto orders = static_cast<std::size_t>(created(*world.proxy, lab::paths::kNewOrder));
  EXPECT_GE(orders, shown["versions"].size());
  EXPECT_LE(orders, shown["versions"].size() + refused_names(world.pebble)) << world.pebble.log();
  EXPECT_EQ(world.leftovers(), std::vector<std::string>{});
}

TEST(KilledOrders, AnIssueLeavesOneAccountOneOrderAndOneCertificateOnBothServers) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  World world;
  world.put_proxy_before_ca();
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  ASSERT_NO_FATAL_FAILURE(world.start_kamailio());
  const Arguments issue{"issue",    "a.example.com", "b.example.com", "c.example.com",
                        "--server", "web",           "--server",      "pbx"};
  const auto kills = kill_until_done(world, issue, 25, 250, random);
  EXPECT_GT(kills.landed, 0) << "the kills came too late: the test proves nothing";
  EXPECT_EQ(keys_in_folder(world.certmgr.dir()), std::vector<std::string>{})
      << "what a killed process leaves holds no key in the clear";
  const auto last = world.run(issue);
  ASSERT_EQ(last.exit_code, 0) << last.errors;
  EXPECT_EQ(world.run_json({"show", "a.example.com"})["certificate"]["versions"].size(), 1U);
  expect_all_is_well(world, "a.example.com");
}

TEST(KilledOrders, AnOrderTheCaRefusedWhileNobodyWasThereToProveAnythingIsPlacedAnew) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  // The CA looks for the proof, finds nobody, and the run that asked it to look dies at that moment.
  world.pebble.set_a("a.example.com", {"127.0.0.99"});
  std::atomic<pid_t> victim = 0;
  lab::Fault deadly = lab::faults::drop_after();
  deadly.change = [&](lab::Reply&) {
    lab::wait_until([&] { return victim != 0; });
    kill(victim, SIGKILL);
  };
  proxy.inject(lab::paths::kChallenge, deadly);
  auto run = world.certmgr.start({"issue", "a.example.com"});
  victim = run.pid();
  ASSERT_EQ(lab::Certmgr::outcome_of(run).exit_code, 128 + SIGKILL);
  ASSERT_TRUE(lab::wait_until([&] { return world.pebble.log().find("INVALID") != std::string::npos; }))
      << world.pebble.log();
  world.pebble.forget_name("a.example.com");
  const auto outcome = world.run({"issue", "a.example.com"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(created(proxy, lab::paths::kNewOrder), 2);
  EXPECT_EQ(world.run_json({"show", "a.example.com"})["certificate"]["versions"].size(), 1U);
  auto health = world.run_json({"db", "check"});
  EXPECT_TRUE(health["ok"]) << health.dump(2);
  EXPECT_EQ(health["keys"], 2) << "the key of the order that failed is gone";
}

TEST(KilledOrders, ForcedRenewalsOrderNothingThatDoesNotBecomeAVersion) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  World world;
  world.put_proxy_before_ca();
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  ASSERT_NO_FATAL_FAILURE(world.start_kamailio());
  const Arguments issue{"issue", "a.example.com", "--server", "web", "--server", "pbx"};
  ASSERT_EQ(world.run(issue).exit_code, 0);
  const Arguments renew{"renew", "--force", "a.example.com"};
  const auto kills = kill_until_done(world, renew, 12, 500, random);
  EXPECT_GT(kills.landed, 0) << "the kills came too late: the test proves nothing";
  const auto last = world.run(renew);
  ASSERT_EQ(last.exit_code, 0) << last.errors;
  expect_all_is_well(world, "a.example.com");
}

}  // namespace
}  // namespace certmgr::e2e
