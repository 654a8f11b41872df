// SPDX-License-Identifier: MIT
// The daemon on its own: what it finds in the store, and how it lives and ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "e2e/world/world.h"
#include "lab/temp_dir.h"

namespace certmgr::e2e {
namespace {

using namespace std::chrono_literals;
using lab::wait_until;

std::string state_of(const World& world, const std::string& label) {
  const json listed = world.run_json({"list"});
  for (const auto& certificate : listed["certificates"])
    if (certificate["label"] == label) return certificate["state"];
  return {};
}

bool says(lab::Process& daemon, const std::string& text, lab::milliseconds limit = 20s) {
  return wait_until([&] { return daemon.errors().find(text) != std::string::npos; }, limit);
}

TEST(Daemon, IssuesAndDeploysWhatACommandLeftToItAtOnce) {
  World world;
  world.start_nginx();
  world.start_kamailio();
  auto daemon = world.certmgr.start({"daemon"});
  ASSERT_TRUE(says(daemon, "at work")) << daemon.errors();
  const auto left = world.run({"issue", "a.example.com", "--server", "web", "--server", "pbx", "--no-wait"});
  EXPECT_EQ(left.exit_code, 4) << left.output << left.errors;
  const auto both_serve = [&] {
    const auto shown = world.run({"show", "a.example.com", "--json"}).json();
    const auto wanted = shown["certificate"].value("fingerprint_sha256", json());
    return wanted.is_string() && world.served_by_nginx() == wanted && world.served_by_kamailio() == wanted;
  };
  EXPECT_TRUE(wait_until(both_serve)) << daemon.errors();
}

TEST(Daemon, IsFollowedByTheCommandThatGaveItTheWork) {
  World world;
  world.start_nginx();
  auto daemon = world.certmgr.start({"daemon"});
  ASSERT_TRUE(says(daemon, "at work"));
  const auto issued = world.run({"issue", "a.example.com", "--server", "web"});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors << daemon.errors();
  EXPECT_NE(issued.errors.find("pid " + std::to_string(daemon.pid()) + ": is working"), std::string::npos)
      << issued.errors;
  EXPECT_NE(issued.errors.find("web: the new certificate is served"), std::string::npos) << issued.errors;
  EXPECT_EQ(world.served_by_nginx(), world.stored_fingerprint("a.example.com"));
}

TEST(Daemon, RenewsAShortLivedCertificateInTime) {
  World world({.validity_seconds = 20});
  world.start_nginx();
  ASSERT_EQ(world.run({"issue", "a.example.com", "--server", "web"}).exit_code, 0);
  const std::string first = world.served_by_nginx();
  auto daemon = world.certmgr.start({"daemon"});
  EXPECT_TRUE(wait_until([&] { return world.served_by_nginx() != first; }, 40s)) << daemon.errors();
  EXPECT_EQ(state_of(world, "a.example.com"), "issued");
}

TEST(Daemon, EndsInTimeOnSigtermAndLeavesNoLease) {
  World world;
  auto daemon = world.certmgr.start({"daemon"});
  ASSERT_TRUE(says(daemon, "at work"));
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(10s), 0) << daemon.errors();
  const auto issued = world.run({"issue", "a.example.com"});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
}

TEST(Daemon, IsAloneOnAStore) {
  World world;
  auto daemon = world.certmgr.start({"daemon"});
  ASSERT_TRUE(says(daemon, "at work"));
  const auto second = world.run({"daemon"});
  EXPECT_EQ(second.exit_code, 2);
  EXPECT_NE(second.errors.find("pid " + std::to_string(daemon.pid())), std::string::npos) << second.errors;
}

TEST(Daemon, ReadsTheConfigurationAgainOnSighupAndKeepsTheOldOneIfTheNewIsBroken) {
  World world;
  auto daemon = world.certmgr.start({"daemon"});
  ASSERT_TRUE(says(daemon, "at work"));
  const std::string good = lab::read_file(world.certmgr.config_file());
  lab::write_file(world.certmgr.config_file(), good + "[nonsense]\n");
  daemon.signal(SIGHUP);
  ASSERT_TRUE(says(daemon, "goes on with the old configuration")) << daemon.errors();
  lab::write_file(world.certmgr.config_file(), good);
  daemon.signal(SIGHUP);
  ASSERT_TRUE(says(daemon, "the configuration was read again")) << daemon.errors();
  EXPECT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0) << daemon.errors();
}

TEST(Daemon, OnceDoesWhatIsDueAndEnds) {
  World world;
  world.start_nginx();
  ASSERT_EQ(world.run({"issue", "a.example.com", "--server", "web", "--no-wait"}).exit_code, 4);
  const auto once = world.run({"daemon", "--once"});
  EXPECT_EQ(once.exit_code, 0) << once.errors;
  EXPECT_EQ(world.served_by_nginx(), world.stored_fingerprint("a.example.com"));
  EXPECT_EQ(world.run({"daemon", "--once"}).exit_code, 0);
}

TEST(Daemon, TriesAFailedDeploymentAgainUntilItWorks) {
  World world({}, "[daemon]\nretry_deployment_after = 1\n");
  const auto marker = world.files / "works";
  const auto hook =
      write_hook(world.files / "hook", "[ -e '" + marker.string() + "' ] || { echo no; exit 1; }\n");
  world.register_files("box", {"--hook", hook.string()});
  auto daemon = world.certmgr.start({"daemon"});
  ASSERT_TRUE(says(daemon, "at work"));
  EXPECT_EQ(world.run({"issue", "a.example.com", "--server", "box"}).exit_code, 3);
  lab::write_file(marker, "");
  EXPECT_TRUE(wait_until(
      [&] {
        const auto shown = world.run({"list", "--json"}).json();
        return shown["certificates"][0]["servers"][0]["state"] == "verified";
      },
      60s))
      << daemon.errors();
}

TEST(Daemon, StopsAskingACaThatIsDownAndGoesOnWhenItIsBackThoughItForgotOurAccount) {
  World world;
  ASSERT_EQ(world.run({"issue", "first.example.com"}).exit_code, 0);
  auto daemon = world.certmgr.start({"daemon"});
  ASSERT_TRUE(says(daemon, "at work"));
  world.pebble.stop();
  constexpr int kNames = 10;
  for (int i = 0; i < kNames; ++i)
    ASSERT_EQ(world.run({"issue", "n" + std::to_string(i) + ".example.com", "--no-wait"}).exit_code, 4);
  ASSERT_TRUE(says(daemon, "it is not asked before")) << daemon.errors();
  world.pebble.start();
  const auto issued = [&] {
    const json listed = world.run_json({"list"});
    return std::count_if(listed["certificates"].begin(), listed["certificates"].end(),
                         [](const json& c) { return c["state"] == "issued"; });
  };
  EXPECT_TRUE(wait_until([&] { return issued() == kNames + 1; }, 90s)) << daemon.errors();
  EXPECT_EQ(world.run({"db", "check"}).exit_code, 0);
}

TEST(Daemon, KeepsItsOldLifeWhenTheNewConfigurationWantsAPortThatIsTaken) {
  World world;
  auto daemon = world.certmgr.start({"daemon"});
  ASSERT_TRUE(says(daemon, "at work"));
  const std::string good = lab::read_file(world.certmgr.config_file());
  lab::write_file(world.certmgr.config_file(),
                  good + "[web]\nlisten = \"127.0.0.1:" + std::to_string(world.pebble.port()) + "\"\n");
  daemon.signal(SIGHUP);
  ASSERT_TRUE(says(daemon, "goes on with the old configuration")) << daemon.errors();
  EXPECT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0) << daemon.errors();
  EXPECT_TRUE(daemon.running());
}

TEST(Daemon, OnceEndsWithOneWhenTheCaIsDownAndTheLogSaysWhy) {
  World world;
  ASSERT_EQ(world.run({"issue", "first.example.com"}).exit_code, 0);
  world.pebble.stop();
  ASSERT_EQ(world.run({"issue", "a.example.com", "--no-wait"}).exit_code, 4);
  const auto once = world.run({"daemon", "--once"});
  EXPECT_EQ(once.exit_code, 1) << once.errors;
  EXPECT_NE(once.errors.find("code=ca_unreachable"), std::string::npos) << once.errors;
  const json status = world.run_json({"status"});
  EXPECT_EQ(status["troubled"][0]["label"], "a.example.com");
}

}  // namespace
}  // namespace certmgr::e2e
