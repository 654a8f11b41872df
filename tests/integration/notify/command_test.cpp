// SPDX-License-Identifier: MIT
// Commands: real scripts that do well, and such that do not.
#include <signal.h>

#include <nlohmann/json.hpp>

#include "integration/notify/bench.h"
#include "lab/process.h"

namespace certmgr::notify::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CommandBench : public Bench {
 protected:
  NotifyChannel script(const std::string& text, const std::vector<std::string>& arguments = {},
                       std::chrono::seconds timeout = std::chrono::seconds(20)) {
    const auto path = dir_ / "script";
    lab::write_file(path, "#!/bin/sh\n" + text);
    std::filesystem::permissions(path, std::filesystem::perms(0700));
    CommandChannel command{{path.string()}};
    command.command.insert(command.command.end(), arguments.begin(), arguments.end());
    return channel(command, timeout);
  }
  [[nodiscard]] std::string out(const std::string& name = "out") const { return lab::read_file(dir_ / name); }
  [[nodiscard]] std::string path(const std::string& name) const { return (dir_ / name).string(); }
};

TEST_F(CommandBench, GetsTheDocumentOnStdinAndTheGistInVariables) {
  const auto sent = send(script("cat > \"$1\"; env > \"$2\"", {path("out"), path("env")}), notice());
  ASSERT_TRUE(sent) << sent.error().message();
  const auto document = nlohmann::json::parse(out());
  EXPECT_EQ(document["message"], "raised");
  EXPECT_EQ(document["alarm"]["subject"], "sip.example.com");
  for (const char* line :
       {"CERTMGR_NOTIFY_MESSAGE=raised\n", "CERTMGR_NOTIFY_KIND=renewal_failing\n",
        "CERTMGR_NOTIFY_SUBJECT=sip.example.com\n", "CERTMGR_NOTIFY_TEXT=the CA does not answer\n",
        "CERTMGR_NOTIFY_HOST=pbx1\n", "CERTMGR_NOTIFY_CHANNEL=ch\n", "CERTMGR_NOTIFY_API=1\n"})
    EXPECT_THAT(out("env"), HasSubstr(line));
}

TEST_F(CommandBench, ItsEnvironmentIsClean) {
  ASSERT_EQ(::setenv("CERTMGR_TEST_LEAK", "leaked", 1), 0);
  ASSERT_TRUE(send(script("env > \"$1\"", {path("out")}), notice()));
  EXPECT_THAT(out(), Not(HasSubstr("CERTMGR_TEST_LEAK")));
}

TEST_F(CommandBench, NothingIsReadByAShell) {
  Notice evil = notice();
  evil.alarm.draft.text = "$(touch " + path("pwned") + "); `touch " + path("pwned") + "`";
  ASSERT_TRUE(send(script("printf '%s|' \"$@\" > " + path("out"), {"a b", "$(id)", ";", "*"}), evil));
  EXPECT_EQ(out(), "a b|$(id)|;|*|");
  EXPECT_FALSE(std::filesystem::exists(dir_ / "pwned"));
}

TEST_F(CommandBench, TheExitStatusDecides) {
  struct Case {
    const char* script;
    TroubleKind kind;
    const char* why;
  };
  for (const Case& c : {Case{"echo no such pager >&2; exit 1", TroubleKind::permanent, "status 1"},
                        Case{"echo busy; exit 75", TroubleKind::transient, "status 75"},
                        Case{"kill -SEGV $$", TroubleKind::transient, "SIGSEGV"}}) {
    const Trouble trouble = trouble_of(send(script(c.script), notice()));
    EXPECT_EQ(trouble.kind, c.kind) << c.script;
    EXPECT_EQ(trouble.code, "notify_command_failed");
    EXPECT_THAT(trouble.why, HasSubstr(c.why));
  }
  EXPECT_THAT(trouble_of(send(script("echo no such pager >&2; exit 1"), notice())).detail,
              HasSubstr("no such pager"));
}

TEST_F(CommandBench, OneThatHangsIsEndedWithAllItStarted) {
  const auto sent =
      send(script("sleep 1000 & echo $! > \"$1\"; wait", {path("out")}, std::chrono::seconds(1)), notice());
  const Trouble trouble = trouble_of(sent);
  EXPECT_EQ(trouble.code, "notify_no_answer");
  EXPECT_EQ(trouble.kind, TroubleKind::transient);
  const pid_t child = std::stoi(out());
  EXPECT_TRUE(lab::wait_until([&] {
    std::error_code error;
    const auto stat = "/proc/" + std::to_string(child) + "/stat";
    return !std::filesystem::exists(stat, error) || lab::read_file(stat).find(") Z ") != std::string::npos;
  }));
}

TEST_F(CommandBench, OneThatPrintsAndPrintsIsHeardOnlyInPart) {
  const std::string flood = "head -c 10000000 /dev/zero | tr '\\0' x; echo the end; exit ";
  EXPECT_TRUE(send(script(flood + "0"), notice()));
  const Trouble trouble = trouble_of(send(script(flood + "1"), notice()));
  EXPECT_LE(trouble.detail.size(), 2048U);
  EXPECT_THAT(trouble.detail, HasSubstr("the end"));
}

TEST_F(CommandBench, OneThatReadsNothingHoldsUpNobody) {
  Notice long_one = notice();
  long_one.alarm.draft.detail = std::string(200'000, 'd');
  EXPECT_TRUE(send(script("exit 0"), long_one));
}

TEST_F(CommandBench, WhatCannotBeRunIsSaid) {
  const Trouble missing = trouble_of(send(channel(CommandChannel{{path("missing")}}), notice()));
  EXPECT_EQ(missing.kind, TroubleKind::configuration);
  EXPECT_THAT(missing.why, HasSubstr("No such file"));
  const auto settings = script("exit 0");
  std::filesystem::permissions(dir_ / "script", std::filesystem::perms(0600));
  EXPECT_THAT(trouble_of(send(settings, notice())).why, HasSubstr("not executable"));
  std::filesystem::permissions(dir_ / "script", std::filesystem::perms(0757));
  EXPECT_THAT(trouble_of(send(settings, notice())).why, HasSubstr("can be changed by other users"));
}

TEST_F(CommandBench, AChannelNobodyConfiguredIsNamed) {
  const Channels channels({script("exit 0")}, clock_);
  EXPECT_EQ(channels.channels(), std::vector<std::string>{"ch"});
  EXPECT_TRUE(channels.wants("ch", AlarmKind::revoked));
  EXPECT_FALSE(channels.wants("other", AlarmKind::revoked));
  EXPECT_EQ(Channels({}, clock_).send("ch", notice()).error().kind, TroubleKind::usage);
}

TEST_F(CommandBench, AChannelHearsOfTheKindsItWants) {
  auto settings = script("exit 0");
  settings.on = {AlarmKind::expiry_near};
  const Channels channels({settings}, clock_);
  EXPECT_TRUE(channels.wants("ch", AlarmKind::expiry_near));
  EXPECT_FALSE(channels.wants("ch", AlarmKind::revoked));
}

}  // namespace
}  // namespace certmgr::notify::testing
