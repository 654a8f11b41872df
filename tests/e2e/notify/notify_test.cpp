// SPDX-License-Identifier: MIT
// `certmgr notify`, through real channels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "lab/certmgr.h"
#include "lab/mail_server.h"
#include "lab/ports.h"
#include "lab/temp_dir.h"
#include "lab/webhook_receiver.h"

namespace certmgr::e2e {
namespace {

using lab::Outcome;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class Notify : public ::testing::Test {
 protected:
  Outcome run(const std::string& channels, const std::vector<std::string>& arguments) {
    certmgr_.write_config({.directory_url = "https://127.0.0.1:1/dir", .extra = channels});
    return certmgr_.run(arguments);
  }
  std::string secret(const std::string& name, const std::string& content) {
    lab::write_file(dir_ / name, content);
    std::filesystem::permissions(dir_ / name, std::filesystem::perms(0400));
    return (dir_ / name).string();
  }
  std::string script(const std::string& name, const std::string& text) {
    lab::write_file(dir_ / name, "#!/bin/sh\n" + text);
    std::filesystem::permissions(dir_ / name, std::filesystem::perms(0700));
    return (dir_ / name).string();
  }
  std::string mail(const std::string& password) {
    return "[notify.mail]\ntype = \"smtp\"\nhost = \"127.0.0.1\"\nport = " + std::to_string(server_.port()) +
           "\nca_bundle = \"" + server_.ca_file().string() + "\"\nuser = \"certmgr\"\npassword_file = \"" +
           secret("password", password) + "\"\nfrom = \"certmgr@example.com\"\nto = [\"ops@example.com\"]\n";
  }
  std::string hook() {
    return "[notify.hook]\ntype = \"webhook\"\non = [\"revoked\", \"expiry_near\"]\nurl = \"" +
           receiver_.url() + "\"\nsecret_file = \"" + secret("secret", "k3y") + "\"\n";
  }
  static std::string command(const std::string& path) {
    return "[notify.pager]\ntype = \"command\"\ncommand = [\"" + path + "\", \"--now\"]\n";
  }

  lab::TempDir dir_;
  lab::MailServer server_{{.login = "certmgr:right"}};
  lab::WebhookReceiver receiver_;
  lab::Certmgr certmgr_{CERTMGR_TEST_PROGRAM, {}};
};

TEST_F(Notify, ATestGoesThroughAllThreeChannels) {
  const auto out = (dir_ / "out").string();
  const auto outcome =
      run(mail("right") + hook() + command(script("page", "cat > " + out)), {"notify", "test", "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  const auto tests = outcome.json()["test"];
  ASSERT_EQ(tests.size(), 3U);
  for (const auto& test : tests) {
    EXPECT_EQ(test["sent"], true) << test;
    EXPECT_TRUE(test["trouble"].is_null());
  }
  ASSERT_THAT(server_.mails(), SizeIs(1));
  EXPECT_THAT(server_.mails()[0], HasSubstr("Nothing is wrong."));
  ASSERT_THAT(receiver_.posts(), SizeIs(1));
  const auto post = receiver_.posts().at(0);
  EXPECT_EQ(post.headers.at("x-certmgr-signature"), lab::expected_signature("k3y", post));
  EXPECT_EQ(nlohmann::json::parse(lab::read_file(out))["message"], "test");
}

TEST_F(Notify, OneThatFailsSaysWhyAndTheOthersAreTriedAllTheSame) {
  receiver_.answer({.status = 403, .body = "who are you"});
  const auto outcome =
      run(mail("wr0ng-secret") + hook() + command(script("page", "echo line is dead; exit 1")),
          {"notify", "test"});
  EXPECT_EQ(outcome.exit_code, 1);
  for (const char* words : {"mail: not sent", "535", "hook: not sent", "HTTP status 403", "who are you",
                            "pager: not sent", "ended with status 1", "line is dead", "try: "})
    EXPECT_THAT(outcome.output, HasSubstr(words));
  EXPECT_THAT(outcome.output + outcome.errors, Not(HasSubstr("wr0ng-secret")));
  EXPECT_THAT(outcome.output + outcome.errors, Not(HasSubstr("k3y")));
}

TEST_F(Notify, OnlyTheNamedOnesAreTested) {
  const auto channels = hook() + command(script("page", "exit 1"));
  EXPECT_EQ(run(channels, {"notify", "test", "hook"}).exit_code, 0);
  EXPECT_EQ(run(channels, {"notify", "test", "hook", "hook"}).exit_code, 0);
  EXPECT_THAT(receiver_.posts(), SizeIs(2));
  EXPECT_EQ(run(channels, {"notify", "test", "hook", "pager"}).exit_code, 1);
}

TEST_F(Notify, WhatIsNotThereIsSaidWithTheNearest) {
  const auto none = run("", {"notify", "test"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.errors, HasSubstr("none is configured"));
  const auto unknown = run(hook(), {"notify", "test", "hok"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("did you mean 'hook'?"));
  EXPECT_TRUE(receiver_.posts().empty());
  const auto bad = run("[notify.hook]\ntype = \"webhok\"\n", {"notify", "list"});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.errors, HasSubstr("did you mean 'webhook'?"));
}

TEST_F(Notify, TheListTellsWhoHearsOfWhat) {
  const auto channels = hook() + command("/usr/local/bin/page");
  const auto text = run(channels, {"notify", "list"});
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_THAT(text.output, HasSubstr("expiry_near, revoked"));
  EXPECT_THAT(text.output, HasSubstr("everything"));
  const auto document = run(channels, {"notify", "list", "--json"}).json();
  EXPECT_EQ(document["channels"][0]["name"], "hook");
  EXPECT_EQ(document["channels"][0]["on"], nlohmann::json({"expiry_near", "revoked"}));
  EXPECT_EQ(document["channels"][1]["on"].size(), 11U);
  EXPECT_EQ(run("", {"notify", "list"}).exit_code, 0);
}

TEST_F(Notify, AChannelThatIsNotThereIsNoReasonToHang) {
  const auto port = std::to_string(lab::free_port());
  const auto outcome = run("[notify.dead]\ntype = \"webhook\"\nurl = \"http://127.0.0.1:" + port + "/x\"\n",
                           {"notify", "test", "--json"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.json()["test"][0]["trouble"]["code"], "notify_unreachable");
}

}  // namespace
}  // namespace certmgr::e2e
