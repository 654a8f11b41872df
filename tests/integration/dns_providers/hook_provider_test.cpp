// SPDX-License-Identifier: MIT
// How hooks of other clients are called, and what is made of what they do.
#include <atomic>
#include <cstdlib>
#include <thread>

#include "integration/dns_providers/bench.h"

namespace certmgr::dns_providers::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kNote = "#!/bin/sh\nprintf '%s|' \"$@\" >>\"$LAB_CALLS\"\necho >>\"$LAB_CALLS\"\n";

class Hooks : public Bench {
 protected:
  void exec(const std::string& script) { settings_.way = ExecSettings{hook("hook", script)}; }
  [[nodiscard]] std::string file(const std::string& name) const { return lab::read_file(dir_ / name); }
};

TEST_F(Hooks, GetTheirOwnArguments) {
  const auto one = record("one.example.test");
  auto moved = record("two.example.test");
  moved = delegated(moved, {{moved.name, "x.auth.test"}});
  struct Case {
    const char* name;
    DnsProviderWay way;
    std::vector<std::string> calls;
  };
  const std::string program = hook("note", kNote);
  const std::vector<Case> cases = {
      {"exec",
       ExecSettings{program},
       {"present|_acme-challenge.one.example.test.|" + one.value + "|",
        "present|x.auth.test.|" + moved.value + "|",
        "cleanup|_acme-challenge.one.example.test.|" + one.value + "|",
        "cleanup|x.auth.test.|" + moved.value + "|"}},
      {"exec RAW",
       ExecSettings{program, true},
       {"present|--|one.example.test|" + one.token + "|" + one.key_authorization + "|",
        "present|--|two.example.test|" + moved.token + "|" + moved.key_authorization + "|",
        "cleanup|--|one.example.test|" + one.token + "|" + one.key_authorization + "|",
        "cleanup|--|two.example.test|" + moved.token + "|" + moved.key_authorization + "|"}},
      {"dehydrated",
       DehydratedSettings{program},
       {"deploy_challenge|one.example.test|" + one.token + "|" + one.value + "|",
        "deploy_challenge|two.example.test|" + moved.token + "|" + moved.value + "|",
        "clean_challenge|one.example.test|" + one.token + "|" + one.value + "|",
        "clean_challenge|two.example.test|" + moved.token + "|" + moved.value + "|"}},
      {"dehydrated HOOK_CHAIN",
       DehydratedSettings{program, true},
       {"deploy_challenge|one.example.test|" + one.token + "|" + one.value + "|two.example.test|" +
            moved.token + "|" + moved.value + "|",
        "clean_challenge|one.example.test|" + one.token + "|" + one.value + "|two.example.test|" +
            moved.token + "|" + moved.value + "|"}},
      {"uacme",
       UacmeSettings{program},
       {"begin|dns-01|one.example.test|" + one.token + "|" + one.value + "|",
        "begin|dns-01|two.example.test|" + moved.token + "|" + moved.value + "|",
        "failed|dns-01|one.example.test|" + one.token + "|" + one.value + "|",
        "failed|dns-01|two.example.test|" + moved.token + "|" + moved.value + "|"}}};
  for (const auto& c : cases) {
    settings_.way = c.way;
    std::filesystem::remove(dir_ / "calls");
    ASSERT_TRUE(present({one, moved})) << c.name;
    ASSERT_TRUE(withdraw({one, moved}, ChallengeOutcome::failed)) << c.name;
    EXPECT_EQ(calls(), c.calls) << c.name;
  }
}

TEST_F(Hooks, CertbotsGetTheirVariablesAndTheCleanupTheOutputOfTheFirst) {
  const std::string print = "env | grep ^CERTBOT_ | sort >>" + path("calls") + "\n";
  settings_.way =
      CertbotSettings{{hook("auth", "#!/bin/sh\n" + print + "echo progress >&2\nprintf '\\n id 7 \\n\\n'\n"),
                       "--zone", "a b"},
                      {hook("cleanup", "#!/bin/sh\n" + print)}};
  const auto one = record("one.example.test");
  const auto two = record("two.example.test");
  ASSERT_TRUE(present({one, two}));
  EXPECT_THAT(calls(), ElementsAre("CERTBOT_ALL_DOMAINS=one.example.test,two.example.test",
                                   "CERTBOT_ALL_IDENTIFIERS=one.example.test,two.example.test",
                                   "CERTBOT_DOMAIN=one.example.test", "CERTBOT_IDENTIFIER=one.example.test",
                                   "CERTBOT_REMAINING_CHALLENGES=1", "CERTBOT_VALIDATION=" + one.value,
                                   "CERTBOT_ALL_DOMAINS=one.example.test,two.example.test",
                                   "CERTBOT_ALL_IDENTIFIERS=one.example.test,two.example.test",
                                   "CERTBOT_DOMAIN=two.example.test", "CERTBOT_IDENTIFIER=two.example.test",
                                   "CERTBOT_REMAINING_CHALLENGES=0", "CERTBOT_VALIDATION=" + two.value));
  std::filesystem::remove(dir_ / "calls");
  ASSERT_TRUE(withdraw({one}));
  EXPECT_THAT(calls(), ::testing::Contains("CERTBOT_AUTH_OUTPUT=id 7"));
}

TEST_F(Hooks, RunInACleanEnvironmentWithTheFilesVariables) {
  ASSERT_EQ(::setenv("CERTMGR_TEST_LEAK", "leaked", 1), 0);
  exec("#!/bin/sh\nenv >" + path("seen") + "\n");
  settings_.environment_file = write(
      "more",
      "\n# none of this is read by a shell\nTOKEN=$(id) `id` ; x\nexport QUOTED=' a \"b\" '\nEMPTY=\n", 0600);
  ASSERT_TRUE(present({record("env.example.test")}));
  const auto seen = file("seen");
  for (const char* line :
       {"TOKEN=$(id) `id` ; x\n", "QUOTED= a \"b\" \n", "EMPTY=\n", "PATH=/usr/local/sbin:", "HOME="})
    EXPECT_THAT(seen, HasSubstr(line));
  EXPECT_THAT(seen, Not(HasSubstr("CERTMGR_TEST_LEAK")));
}

TEST_F(Hooks, NothingIsReadByAShell) {
  exec(kNote);
  auto odd = record("odd.example.test");
  odd.target = "_acme-challenge.odd.example.test";
  ASSERT_TRUE(present({odd}));
  EXPECT_THAT(calls(), ElementsAre("present|" + odd.target + ".|" + odd.value + "|"));
}

TEST_F(Hooks, AnEnvironmentFileThatOthersMayReadIsNotUsed) {
  exec(kNote);
  std::filesystem::permissions(settings_.environment_file, std::filesystem::perms(0640));
  EXPECT_EQ(trouble_of(present({record("env.example.test")})).code, "secret_file");
}

TEST_F(Hooks, AnEnvironmentFileWithAMistakeNamesTheLineAndNotTheValue) {
  exec(kNote);
  for (const char* text : {"A=1\nS3cret\n", "A=1\nS3cret x=1\n", "A=1\nB='S3cret\n", "A=1\n1B=S3cret\n"}) {
    settings_.environment_file = write("bad", text, 0600);
    const Trouble trouble = trouble_of(present({record("env.example.test")}));
    EXPECT_EQ(trouble.code, "bad_environment_file");
    EXPECT_THAT(trouble.why, HasSubstr("line 2 of"));
    EXPECT_THAT(trouble.message() + trouble.hint + trouble.detail, Not(HasSubstr("S3cret")));
  }
}

TEST_F(Hooks, AFailureShowsWhatTheHookSaid) {
  exec("#!/bin/sh\necho no such zone >&2\nexit 3\n");
  const Trouble failed = trouble_of(present({record("fail.example.test")}));
  EXPECT_EQ(failed.code, "dns_hook_failed");
  EXPECT_EQ(failed.kind, TroubleKind::permanent);
  EXPECT_THAT(failed.what, HasSubstr("_acme-challenge.fail.example.test with [dns.lab]"));
  EXPECT_THAT(failed.why, HasSubstr("status 3"));
  EXPECT_EQ(failed.detail, "no such zone\n");
  exec("#!/bin/sh\nexit 75\n");
  EXPECT_EQ(trouble_of(present({record("busy.example.test")})).kind, TroubleKind::transient);
}

TEST_F(Hooks, OneThatHangsIsEnded) {
  exec("#!/bin/sh\necho waiting\nexec sleep 1000\n");
  settings_.timeout = std::chrono::seconds(1);
  const Trouble trouble = trouble_of(present({record("hang.example.test")}));
  EXPECT_EQ(trouble.code, "dns_hook_timeout");
  EXPECT_EQ(trouble.kind, TroubleKind::transient);
  EXPECT_EQ(trouble.detail, "waiting\n");
}

TEST_F(Hooks, WhatOthersCouldChangeIsNotRun) {
  exec(kNote);
  std::filesystem::permissions(dir_ / "hook", std::filesystem::perms(0757));
  const Trouble trouble = trouble_of(present({record("open.example.test")}));
  EXPECT_EQ(trouble.code, "dns_hook_unsafe");
  EXPECT_THAT(trouble.why, HasSubstr("can be changed by other users"));
  settings_.way = ExecSettings{path("missing")};
  EXPECT_THAT(trouble_of(present({record("open.example.test")})).why, HasSubstr("No such file"));
  EXPECT_THAT(calls(), IsEmpty());
}

TEST_F(Hooks, AreCalledOnceForWhatIsThere) {
  exec(kNote);
  const auto one = record("once.example.test");
  ASSERT_TRUE(present({one}));
  ASSERT_TRUE(present({one, one}));
  EXPECT_EQ(calls().size(), 1U);
  ASSERT_TRUE(withdraw({one}));
  ASSERT_TRUE(withdraw({one}));
  EXPECT_EQ(calls().size(), 2U);
  ASSERT_TRUE(present({one})) << "and again, when it is wanted anew";
  EXPECT_EQ(calls().size(), 3U);
}

TEST_F(Hooks, WhatMayHaveBeenDoneIsUndone) {
  // The first run fails behind its work, as if it had been killed there.
  exec(kNote + "[ \"$1\" = cleanup ]\n");
  const auto one = record("half.example.test");
  EXPECT_FALSE(present({one}));
  ASSERT_TRUE(withdraw({one}));
  EXPECT_EQ(calls().size(), 2U);
  EXPECT_THAT(calls().back(), HasSubstr("cleanup|"));
}

TEST_F(Hooks, CleanupsThatFailNameEachValueThatIsLeft) {
  const auto one = record("one.example.test");
  const auto two = record("two.example.test");
  const std::string script =
      hook("broken", kNote + "[ \"${1%%_*}\" != clean ] && [ -z \"$CERTBOT_AUTH_OUTPUT\" ]\n");
  for (const DnsProviderWay& way : std::initializer_list<DnsProviderWay>{
           CertbotSettings{{script}, {hook("cleanup", "#!/bin/sh\nexit 1\n")}},
           DehydratedSettings{script, true}}) {
    settings_.way = way;
    ASSERT_TRUE(present({one, two}));
    const auto what = trouble_of(withdraw({one, two})).what;
    EXPECT_THAT(what, HasSubstr("and 1 more"));
    EXPECT_THAT(what, HasSubstr("(values " + one.value + ", " + two.value + ")"));
    std::filesystem::remove_all(path("state"));
  }
}

TEST_F(Hooks, ACleanupThatHangsKeepsTheOthersForTheNextTime) {
  exec(kNote + "[ \"$1\" = present ] || exec sleep 60\n");
  const auto one = record("one.example.test");
  const auto two = record("two.example.test");
  ASSERT_TRUE(present({one, two}));
  settings_.timeout = std::chrono::seconds(1);
  const auto trouble = trouble_of(withdraw({one, two}));
  EXPECT_EQ(trouble.code, "dns_hook_timeout");
  EXPECT_THAT(trouble.what, HasSubstr(two.value));
  EXPECT_EQ(calls().size(), 3U);
}

TEST_F(Hooks, ACleanupThatFailsIsTriedAgainAndHoldsUpNoOther) {
  exec(kNote + "case \"$*\" in cleanup*one*) [ -e \"$LAB_CALLS.good\" ] ;; esac\n");
  const auto one = record("one.example.test");
  const auto two = record("two.example.test");
  ASSERT_TRUE(present({one, two}));
  EXPECT_THAT(trouble_of(withdraw({one, two})).what,
              HasSubstr("cannot remove the TXT record _acme-challenge.one"));
  EXPECT_EQ(calls().size(), 4U);
  lab::write_file(dir_ / "calls.good", "");
  ASSERT_TRUE(withdraw({one, two}));
  EXPECT_EQ(calls().size(), 5U) << "of two nothing was left to be done";
}

TEST_F(Hooks, UacmesMayDecline) {
  settings_.way = UacmeSettings{hook("uacme", kNote + "exit 1\n")};
  const auto one = record("declined.example.test");
  const Trouble trouble = trouble_of(present({one}));
  EXPECT_EQ(trouble.code, kChallengeDeclined);
  EXPECT_EQ(trouble.kind, TroubleKind::permanent);
  ASSERT_TRUE(withdraw({one}));
  EXPECT_EQ(calls().size(), 1U) << "who declined is not asked to clean up";
}

TEST_F(Hooks, UacmesHearHowItEnded) {
  settings_.way = UacmeSettings{hook("uacme", kNote)};
  for (const auto outcome : {ChallengeOutcome::accepted, ChallengeOutcome::failed}) {
    ASSERT_TRUE(present({record("end.example.test")}));
    ASSERT_TRUE(withdraw({record("end.example.test")}, outcome));
    EXPECT_THAT(calls().back(), HasSubstr(outcome == ChallengeOutcome::accepted ? "done|" : "failed|"));
  }
}

TEST_F(Hooks, NotesAreForUsAlone) {
  exec(kNote);
  ASSERT_TRUE(present({record("note.example.test")}));
  const auto mode = [&](const std::filesystem::path& at) {
    return std::filesystem::status(at).permissions() & std::filesystem::perms::mask;
  };
  EXPECT_EQ(mode(dir_ / "state"), std::filesystem::perms(0700));
  for (const auto& entry : std::filesystem::directory_iterator(dir_ / "state"))
    EXPECT_EQ(mode(entry.path()), std::filesystem::perms(0600)) << entry.path();
}

TEST_F(Hooks, SeveralThreadsMayCall) {
  exec("#!/bin/sh\nexit 0\n");
  const auto shared = provider();
  std::vector<std::jthread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      const auto one = record("thread" + std::to_string(i) + ".example.test");
      if (shared->present({&one, 1}) && shared->withdraw({&one, 1}, ChallengeOutcome::accepted)) ++good;
    });
  threads.clear();
  EXPECT_EQ(good, 8);
}

}  // namespace
}  // namespace certmgr::dns_providers::testing
