// SPDX-License-Identifier: MIT
// What `doctor` finds, with real servers, a real CA and BIND.
#include <sys/stat.h>

#include "e2e/preflight/preflight_world.h"
#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// The finding of this severity with this code; null if there is none.
json finding(const json& document, const std::string& severity, const std::string& code) {
  for (const auto& found : document["findings"])
    if (found["severity"] == severity && found["code"] == code) return found;
  return nullptr;
}

json fine(const json& document, const std::string& check) {
  for (const auto& found : document["findings"])
    if (found["severity"] == "ok" && found["check"] == check) return found;
  return nullptr;
}

TEST(Doctor, WhereNothingIsSetUpYetNothingIsMade) {
  World world;
  const auto document = world.run_json({"doctor"});
  EXPECT_EQ(document["ok"], true) << document.dump(1);
  for (const auto* check : {"configuration", "store", "ca", "clock", "account", "challenge", "daemon"})
    EXPECT_FALSE(fine(document, check).is_null()) << check;
  EXPECT_FALSE(finding(document, "warning", "no_notification").is_null());
  EXPECT_FALSE(fs::exists(world.certmgr.store_file()));
  EXPECT_FALSE(fs::exists(world.certmgr.key_file()));
}

TEST(Doctor, AnInstallationInOrderHasNoProblemsAndIsLeftAsItIs) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  auto& proxy = world.put_proxy_before_ca();
  ASSERT_EQ(world.run({"issue", "sip.example.com", "--server", "web"}).exit_code, 0);
  const auto history = world.run_json({"history"});
  proxy.forget_requests();
  const auto log = world.nginx->error_log();
  const auto document = world.run_json({"doctor"});
  EXPECT_EQ(document["problems"], 0) << document.dump(1);
  for (const auto* check : {"store_key", "account", "certificate", "server"})
    EXPECT_FALSE(fine(document, check).is_null()) << check;
  EXPECT_FALSE(finding(document, "warning", "no_daemon").is_null());
  EXPECT_EQ(proxy.count(lab::paths::kNewOrder), 0);
  EXPECT_EQ(proxy.count(lab::paths::kNewAccount), 0);
  EXPECT_EQ(world.run_json({"history"}), history);
  EXPECT_EQ(world.nginx->error_log(), log) << "nginx was reloaded";
  const auto text = world.run({"doctor", "--all"});
  EXPECT_THAT(text.output, HasSubstr("ok       server web presents what was deployed"));
  EXPECT_THAT(text.output, HasSubstr("no problems"));
}

TEST(Doctor, EveryFaultOfAServerIsFound) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  const auto hook = write_hook(world.files / "hook", "exit 0\n");
  world.register_files("files", {"--hook", hook.string()});
  ASSERT_EQ(world.run({"issue", "sip.example.com", "--server", "web", "--server", "files"}).exit_code, 0);
  fs::remove(hook);
  fs::permissions(world.files / "nginx/key.pem", fs::perms(0644));
  const auto port = world.nginx->port();
  world.nginx.reset();
  const auto document = world.run_json({"doctor"}, 1);
  EXPECT_EQ(document["ok"], false);
  EXPECT_FALSE(finding(document, "problem", "key_exposed").is_null()) << document.dump(1);
  const auto silent = finding(document, "problem", "no_handshake");
  ASSERT_FALSE(silent.is_null()) << document.dump(1);
  EXPECT_THAT(silent["message"].get<std::string>(), HasSubstr(std::to_string(port)));
  bool hook_told = false;
  for (const auto& found : document["findings"])
    hook_told = hook_told || (found["severity"] == "problem" && found["subject"] == "files");
  EXPECT_TRUE(hook_told) << document.dump(1);
}

TEST(Doctor, ACaThatIsDownAndNamesItMayNotIssueForAreProblems) {
  PreflightWorld world(
      "[dns.open]\ntype = \"rfc2136\"\nserver = \"127.0.0.1\"\nkey_file = \"/etc/hostname\"\n"
      "[ca.gone]\ndirectory = \"https://127.0.0.1:1/directory\"\n");
  ASSERT_EQ(world.certmgr.run({"issue", "other.example.com", "--no-preflight"}).exit_code, 0);
  const auto document = world.run_json({"doctor"}, 1);
  EXPECT_EQ(finding(document, "problem", "caa_forbids")["subject"], "other.example.com") << document.dump(1);
  EXPECT_EQ(finding(document, "problem", "ca_unreachable")["subject"], "gone");
  EXPECT_EQ(finding(document, "problem", "secret_file")["subject"], "open");
}

TEST(Doctor, WhatCannotBeOpenedIsAFindingToo) {
  World world;
  ASSERT_EQ(world.run({"issue", "sip.example.com"}).exit_code, 0);
  fs::remove(world.certmgr.key_file());
  EXPECT_EQ(world.run_json({"doctor"}, 1)["findings"][0]["code"], "store_key_missing");
  lab::write_file(world.certmgr.config_file(), "nonsense = 1\n");
  const auto document = world.run_json({"doctor"}, 1);
  EXPECT_EQ(document["findings"][0]["check"], "configuration");
  EXPECT_THAT(document["findings"][0]["message"].get<std::string>(), HasSubstr("nonsense"));
}

}  // namespace
}  // namespace certmgr::e2e
