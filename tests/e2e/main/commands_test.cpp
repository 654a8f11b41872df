// SPDX-License-Identifier: MIT
// The commands around the main job, for people and with --json.
#include "e2e/world/world.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::e2e {
namespace {

TEST(Commands, EachAnswersWithOneJsonDocument) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  ASSERT_EQ(world.run({"issue", "a.example.com", "--server", "web"}).exit_code, 0);
  const std::string fingerprint = world.stored_fingerprint("a.example.com");

  const auto list = world.run_json({"list"})["certificates"];
  ASSERT_EQ(list.size(), 1U);
  for (const char* key : {"label", "identifiers", "ca", "level", "key_type", "state", "serial",
                          "fingerprint_sha256", "not_before", "not_after", "renew_at", "servers"})
    EXPECT_TRUE(list[0].contains(key)) << key;
  EXPECT_EQ(list[0]["servers"][0]["name"], "web");
  EXPECT_EQ(list[0]["servers"][0]["state"], "verified");
  EXPECT_EQ(list[0]["servers"][0]["served_fingerprint_sha256"], fingerprint);

  const auto show = world.run_json({"show", "a.example.com"})["certificate"];
  EXPECT_EQ(show["versions"][0]["state"], "current");
  EXPECT_EQ(show["order"]["state"], "issued");
  EXPECT_EQ(world.run_json({"server", "list"})["servers"][0]["name"], "web");
  EXPECT_EQ(world.run_json({"server", "show", "web"})["server"]["type"], "nginx");
  const auto test = world.run_json({"server", "test", "web"})["test"];
  EXPECT_EQ(test["passed"], true);
  EXPECT_EQ(test["served"][0]["served_fingerprint_sha256"], fingerprint);
  EXPECT_EQ(world.run_json({"account", "list"})["accounts"][0]["status"], "valid");
  EXPECT_EQ(world.run_json({"account", "show"})["account"]["ca"], "test");
  EXPECT_EQ(world.run_json({"db", "check"})["ok"], true);
  EXPECT_EQ(world.run_json({"deploy", "a.example.com"})["certificate"]["servers"][0]["state"], "verified");
  EXPECT_EQ(world.run_json({"renew"})["renewals"].size(), 0U) << "nothing is due";
  EXPECT_EQ(world.run_json({"renew", "a.example.com"})["issued"], false);
  EXPECT_EQ(world.run_json({"server", "remove", "web"})["removed"], "web");
  EXPECT_EQ(world.run_json({"server", "list"})["servers"].size(), 0U);
}

TEST(Commands, EachAnswersPeopleInWords) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  ASSERT_EQ(world.run({"issue", "a.example.com", "--server", "web"}).exit_code, 0);
  for (const Arguments& command :
       {Arguments{"list"}, Arguments{"show", "a.example.com"}, Arguments{"server", "list"},
        Arguments{"server", "show", "web"}, Arguments{"server", "test", "web"}, Arguments{"account", "list"},
        Arguments{"account", "show"}, Arguments{"db", "check"}, Arguments{"--help"},
        Arguments{"issue", "--help"}, Arguments{"--version"}}) {
    const auto outcome = world.run(command);
    EXPECT_EQ(outcome.exit_code, 0) << command.front() << outcome.errors;
    EXPECT_FALSE(outcome.output.empty()) << command.front();
  }
}

TEST(Commands, GlobalOptionsStandBeforeOrAfterTheCommand) {
  World world;
  EXPECT_EQ(world.run({"--json", "list"}).json(), world.run({"list", "--json"}).json());
  EXPECT_EQ(world.run({"list", "--config", world.certmgr.config_file().string()}).exit_code, 0);
  const auto quiet = world.run({"-q", "issue", "a.example.com"});
  EXPECT_EQ(quiet.exit_code, 0);
  EXPECT_EQ(quiet.output + quiet.errors, "");
}

TEST(Commands, ProgressGoesToStderrInPlainLines) {
  World world;
  const auto outcome = world.run({"issue", "a.example.com", "--json"});
  EXPECT_NE(outcome.errors.find("a.example.com: ordering"), std::string::npos) << outcome.errors;
  EXPECT_EQ(outcome.errors.find('\033'), std::string::npos)
      << "colors and cursor movements only on a terminal";
  EXPECT_NO_THROW(static_cast<void>(outcome.json()));
}

TEST(Commands, ExportWritesAPairThatFitsWithTheKeyForItsOwnerAlone) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  const auto outcome = world.run({"export", "a.example.com", "--out", world.files.path().string()});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_TRUE(lab::matches(
      {lab::read_file(world.files / "fullchain.pem"), lab::read_file(world.files / "privkey.pem")}));
  EXPECT_EQ(lab::fingerprint_of_pem(lab::read_file(world.files / "cert.pem")),
            world.stored_fingerprint("a.example.com"));
  EXPECT_EQ(std::filesystem::status(world.files / "privkey.pem").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_TRUE(world.leftovers().empty());
}

TEST(Commands, DeployAddsAServerThatRenewalsThenReach) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  ASSERT_EQ(world.run({"deploy", "a.example.com", "--server", "web"}).exit_code, 0);
  EXPECT_EQ(world.served_by_nginx(), world.stored_fingerprint("a.example.com"));
  ASSERT_EQ(world.run({"renew", "--force", "a.example.com"}).exit_code, 0);
  EXPECT_EQ(world.served_by_nginx(), world.stored_fingerprint("a.example.com"));
}

TEST(Commands, ServerSetChangesWhatItNamesAndNothingElse) {
  World world;
  world.register_files("files");
  const auto before = world.run_json({"server", "show", "files"})["server"];
  const auto after = world.run_json({"server", "set", "files", "--mode", "0640", "--set", "a=b"})["server"];
  EXPECT_EQ(after["mode"], "0640");
  EXPECT_EQ(after["settings"]["a"], "b");
  EXPECT_EQ(after["files"], before["files"]);
  EXPECT_EQ(world.run_json({"server", "set", "files", "--set", "a="})["server"]["settings"], json::object());
}

TEST(Commands, AShortLivedCertificateIsRenewedWhenHalfOfItsLifeIsOver) {
  lab::PebbleOptions options;
  options.validity_seconds = 4;
  World world(options);
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  const std::string before = world.stored_fingerprint("a.example.com");
  ASSERT_TRUE(lab::wait_until([&] { return !world.run_json({"renew"})["renewals"].empty(); }));
  EXPECT_NE(world.stored_fingerprint("a.example.com"), before);
}

TEST(Commands, SecretsNeverComeOut) {
  World world;
  world.register_files("files");
  const auto dump = world.files / "environment";
  const auto hook = write_hook(world.files / "hook", "env > " + dump.string() + "\n");
  ASSERT_EQ(world.run({"server", "set", "files", "--hook", hook.string()}).exit_code, 0);
  const auto outcome = world.run({"issue", "a.example.com", "--server", "files", "-v"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  std::string all = outcome.output + outcome.errors + lab::read_file(dump);
  for (const auto& entry : std::filesystem::directory_iterator(world.certmgr.dir())) {
    if (entry.path().filename().string().starts_with("certmgr.db")) all += lab::read_file(entry.path());
  }
  EXPECT_EQ(all.find("PRIVATE KEY"), std::string::npos);
  const std::string key = lab::read_file(world.files / "files/key.pem");
  const auto line = key.find('\n') + 1;
  EXPECT_EQ(all.find(key.substr(line, 40)), std::string::npos) << "the key itself";
  EXPECT_EQ(std::filesystem::status(world.certmgr.key_file()).permissions(),
            std::filesystem::perms::owner_read);
}

TEST(Commands, WhatACaOffersOfCertificatesThatRenewThemselvesIsShownAndNotUsed) {
  lab::StrictCa ca;
  ca.change([](auto& behaviour) { behaviour.unknown_members = behaviour.always_valid = true; });
  const lab::Certmgr certmgr(CERTMGR_TEST_PROGRAM, lab::config_for(ca));
  const auto offered = certmgr.run({"ca", "show", "test", "--json"}).json()["ca"]["auto_renewal"];
  EXPECT_EQ(offered["min_lifetime_s"], 86400);
  EXPECT_EQ(offered["max_duration_s"], 31536000);
  EXPECT_EQ(offered["used"], false);
  const auto text = certmgr.run({"ca", "show", "test"});
  EXPECT_EQ(text.exit_code, 0) << text.errors;
  EXPECT_NE(text.output.find("auto-renewal"), std::string::npos) << text.output;
  EXPECT_NE(text.output.find("not supported here"), std::string::npos) << text.output;
  EXPECT_EQ(certmgr.run({"issue", "a.example.com"}).exit_code, 0) << "an order of the usual kind";
}

}  // namespace
}  // namespace certmgr::e2e
