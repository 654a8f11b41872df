// SPDX-License-Identifier: MIT
// Killed at any moment, and two at once.
#include <csignal>
#include <random>
#include <thread>

#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

/// Kills runs of `arguments` after random times until one ends by itself. The kills are the subject of
/// the test, so the waits before them are no synchronisation.
int kill_until_done(const World& world, const Arguments& arguments, int kills, unsigned most_ms,
                    std::mt19937& random) {
  int killed = 0;
  for (int i = 0; i < kills; ++i) {
    auto process = world.certmgr.start(arguments);
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::uniform_int_distribution<unsigned>(0, most_ms)(random)));
    if (process.running()) ++killed;
    process.signal(SIGKILL);
    process.end();
  }
  return killed;
}

TEST(Killed, AnIssueEndsInOneCertificateOneAccountAndNoOrphans) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  World world;
  auto& proxy = world.put_proxy_before_ca();
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  const Arguments issue{"issue", "a.example.com", "b.example.com", "--server", "web"};
  const int killed = kill_until_done(world, issue, 25, 60, random);
  EXPECT_GT(killed, 3) << "the kills came too late: the test proves nothing";
  const auto last = world.run(issue);
  ASSERT_EQ(last.exit_code, 0) << last.errors;
  const auto document = world.run_json({"show", "a.example.com"})["certificate"];
  EXPECT_EQ(document["versions"].size(), 1U);
  EXPECT_EQ(world.served_by_nginx(), document["fingerprint_sha256"]);
  const auto health = world.run_json({"db", "check"});
  EXPECT_TRUE(health["ok"]) << health.dump(2);
  EXPECT_EQ(health["keys"], 2) << "account and certificate";
  EXPECT_TRUE(world.leftovers().empty());
  int accounts = 0;
  for (const auto& request : proxy.requests())
    accounts += request.path == "/sign-me-up" && request.status == 201 ? 1 : 0;
  EXPECT_EQ(accounts, 1);
}

TEST(Killed, RenewalsOfTwoServersLeaveBothOnTheSameCertificate) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  ASSERT_NO_FATAL_FAILURE(world.start_kamailio());
  const Arguments issue{"issue", "a.example.com", "--server", "web", "--server", "pbx"};
  ASSERT_EQ(world.run(issue).exit_code, 0);
  static_cast<void>(kill_until_done(world, {"renew", "--force", "a.example.com"}, 12, 900, random));
  const auto last = world.run(issue);
  ASSERT_EQ(last.exit_code, 0) << last.errors;
  const std::string current = world.stored_fingerprint("a.example.com");
  EXPECT_EQ(world.served_by_nginx(), current);
  EXPECT_EQ(world.served_by_kamailio(), current);
  EXPECT_TRUE(world.leftovers().empty());
  const auto health = world.run_json({"db", "check"});
  EXPECT_TRUE(health["ok"]) << health.dump(2);
}

TEST(TwoAtOnce, TheSameNameIsOrderedOnceAndBothSucceed) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  auto one = world.certmgr.start({"issue", "a.example.com"});
  auto two = world.certmgr.start({"issue", "a.example.com"});
  const auto first = lab::Certmgr::outcome_of(one);
  const auto second = lab::Certmgr::outcome_of(two);
  EXPECT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_EQ(second.exit_code, 0) << second.errors;
  EXPECT_EQ(proxy.count(lab::paths::kNewOrder), 1);
  EXPECT_EQ(world.run_json({"show", "a.example.com"})["certificate"]["versions"].size(), 1U);
  EXPECT_EQ(world.run_json({"account", "list"})["accounts"].size(), 1U);
}

TEST(TwoAtOnce, DifferentNamesTakeTurnsAtTheSamePort) {
  World world;
  std::vector<lab::Process> runs;
  for (int i = 0; i < 4; ++i)
    runs.push_back(world.certmgr.start({"issue", "n" + std::to_string(i) + ".example.com"}));
  for (auto& run : runs) {
    const auto outcome = lab::Certmgr::outcome_of(run);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  }
  EXPECT_EQ(world.run_json({"list"})["certificates"].size(), 4U);
}

TEST(PortTaken, TheHolderIsNamedAndTheOrderGoesOnOnceThePortIsFree) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  lab::TempDir site;
  lab::write_pair(lab::self_signed({"x"}), site / "cert.pem", site / "key.pem");
  std::filesystem::create_directories(site / "root");
  {
    const lab::Nginx nginx({.fullchain = site / "cert.pem",
                            .key = site / "key.pem",
                            .webroot = site / "root",
                            .webroot_port = world.pebble.http_port()});
    const auto error = world.run_json({"issue", "a.example.com"}, 1)["error"];
    EXPECT_EQ(error["code"], "port_in_use");
    EXPECT_NE(error["message"].get<std::string>().find("nginx"), std::string::npos) << error.dump(2);
    EXPECT_NE(error["hint"].get<std::string>().find("--webroot"), std::string::npos);
  }
  EXPECT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  EXPECT_EQ(proxy.count(lab::paths::kNewOrder), 1) << "the order was kept";
}

TEST(PortTaken, TheOpenOrderGoesOnThroughTheWebrootOfTheHolder) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  lab::TempDir site;
  lab::write_pair(lab::self_signed({"x"}), site / "cert.pem", site / "key.pem");
  std::filesystem::create_directories(site / "root");
  const lab::Nginx nginx({.fullchain = site / "cert.pem",
                          .key = site / "key.pem",
                          .webroot = site / "root",
                          .webroot_port = world.pebble.http_port()});
  EXPECT_EQ(world.run({"issue", "a.example.com"}).exit_code, 1);
  const auto outcome = world.run({"issue", "a.example.com", "--webroot", (site / "root").string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(proxy.count(lab::paths::kNewOrder), 1);
}

}  // namespace
}  // namespace certmgr::e2e
