// SPDX-License-Identifier: MIT
// The daemon tells of what is wrong, and that it is over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "e2e/world/world.h"
#include "lab/mail_server.h"
#include "lab/webhook_receiver.h"

namespace certmgr::e2e {
namespace {

using namespace std::chrono_literals;
using lab::wait_until;
using ::testing::HasSubstr;

/// A server whose hook refuses every deployment until it is repaired, and channels to tell of it.
class DaemonTells : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto config = lab::config_for(world_.pebble);
    auto with_channels = config;
    with_channels.extra =
        "[notify.hook]\ntype = \"webhook\"\nurl = \"" + receiver_.url() +
        "\"\n[notify.mail]\ntype = \"smtp\"\nhost = \"127.0.0.1\"\nport = " + std::to_string(mail_.port()) +
        "\nca_bundle = \"" + mail_.ca_file().string() +
        "\"\nfrom = \"certmgr@example.com\"\nto = [\"ops@example.com\"]\n" + "on = [\"deployment_failed\"]\n";
    world_.certmgr.write_config(with_channels);
    const auto hook =
        write_hook(world_.files / "hook", "[ \"$1\" = describe ] && exit 0\n[ -e '" +
                                              (world_.files / "repaired").string() +
                                              "' ] && exit 0\necho the disk is on fire\nexit 1\n");
    ASSERT_NO_FATAL_FAILURE(world_.register_files("pbx", {"--hook", hook.string()}));
  }
  lab::Process start() {
    auto daemon = world_.certmgr.start({"daemon"});
    EXPECT_TRUE(daemon.running());
    return daemon;
  }
  void fail_a_deployment() {
    const auto issued = world_.run({"issue", "a.example.com", "--server", "pbx"});
    EXPECT_EQ(issued.exit_code, 3) << issued.output << issued.errors;
  }
  void repair_and_deploy() {
    lab::write_file(world_.files / "repaired", "");
    const auto deployed = world_.run({"deploy", "a.example.com", "--server", "pbx"});
    EXPECT_EQ(deployed.exit_code, 0) << deployed.output << deployed.errors;
  }
  [[nodiscard]] std::vector<json> documents() const {
    std::vector<json> all;
    for (const auto& post : receiver_.posts()) all.push_back(json::parse(post.body));
    return all;
  }
  [[nodiscard]] std::size_t count(const std::string& message) const {
    std::size_t found = 0;
    for (const auto& document : documents()) found += document["message"] == message ? 1 : 0;
    return found;
  }

  World world_;
  lab::WebhookReceiver receiver_;
  lab::MailServer mail_;
};

TEST_F(DaemonTells, OfAFailedDeploymentAndThatItIsOverEachOnce) {
  auto daemon = start();
  fail_a_deployment();
  ASSERT_TRUE(wait_until([&] { return count("raised") == 1 && mail_.mails().size() == 1; }))
      << daemon.errors();
  const auto raised = documents().at(0);
  EXPECT_EQ(raised["alarm"]["kind"], "deployment_failed");
  EXPECT_EQ(raised["alarm"]["subject"], "pbx");
  EXPECT_THAT(raised.dump(), HasSubstr("the disk is on fire"));
  EXPECT_THAT(mail_.mails()[0], HasSubstr("deployment_failed of pbx"));

  repair_and_deploy();
  ASSERT_TRUE(wait_until([&] { return count("recovered") == 1 && mail_.mails().size() == 2; }))
      << daemon.errors();
  EXPECT_EQ(documents().size(), 2U);
  EXPECT_EQ(documents()[1]["alarm"]["id"], raised["alarm"]["id"]);
  EXPECT_EQ(world_.run_json({"db", "check"})["ok"], true);
}

TEST_F(DaemonTells, AfterAKillToWhoeverDidNotAnswerBefore) {
  receiver_.answer({.status = 503});
  {
    auto daemon = start();
    fail_a_deployment();
    ASSERT_TRUE(wait_until([&] { return count("raised") >= 1 && mail_.mails().size() == 1; }))
        << daemon.errors();
    daemon.signal(SIGKILL);
    ASSERT_TRUE(daemon.wait(10s).has_value());
  }
  const auto before = documents().size();
  receiver_.answer({.status = 204});
  auto daemon = start();
  // The pause after a failure doubles, and on a slow machine there were several.
  ASSERT_TRUE(wait_until([&] { return documents().size() == before + 1; }, 80s)) << daemon.errors();
  repair_and_deploy();
  ASSERT_TRUE(wait_until([&] { return count("recovered") == 1 && mail_.mails().size() >= 2; }))
      << daemon.errors();
  EXPECT_EQ(world_.run_json({"db", "check"})["ok"], true);
}

}  // namespace
}  // namespace certmgr::e2e
