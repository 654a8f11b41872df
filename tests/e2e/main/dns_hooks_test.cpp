// SPDX-License-Identifier: MIT
// Hooks of other clients through a whole order: they are called in the order, and so many at a time, as by
// the client they were written for.
#include <gmock/gmock.h>

#include <regex>

#include "e2e/main/dns_world.h"
#include "e2e/world/moved_clock.h"

namespace certmgr::e2e {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// One hook, which changes the zone through nsupdate and notes how it was called.
class HookWorld : public DnsWorld {
 public:
  HookWorld() : DnsWorld({}, Ways::without_updates) {}

  /// `script` has `change add|delete NAME VALUE` for the zone.
  void use(const std::string& keys, const std::string& script) const {
    lab::write_file(
        hook(), "#!/bin/bash\nchange() {\n  printf 'server 127.0.0.1 " + std::to_string(named.port()) +
                    "\\nzone example.com\\nupdate %s %s. 60 TXT %s\\nsend\\n' \"$1\" \"$2\" \"$3\" | " +
                    lab::find_program("nsupdate").string() + " -k " + named.key_file().string() + "\n}\n" +
                    script);
    std::filesystem::permissions(hook(), std::filesystem::perms::owner_all);
    configure(keys);
  }
  void configure(const std::string& keys) const {
    auto with_hook = config("", Ways::without_updates);
    with_hook.http_port = ca.http_port();  // where a name without a wildcard may go next
    with_hook.extra = "[dns.hook]\n" + keys + "[challenge.dns-01]\nprovider = \"hook\"\nresolvers = [\"" +
                      local(named.port()) + "\"]\n";
    certmgr.write_config(with_hook);
  }
  [[nodiscard]] std::string hook() const { return (certmgr.dir() / "hook").string(); }
  [[nodiscard]] std::string calls_file() const { return (certmgr.dir() / "calls").string(); }
  /// What was noted since the last look, with values that differ from order to order made the same.
  [[nodiscard]] std::string take_calls() const {
    static const std::regex random("[A-Za-z0-9_-]{43}");
    auto calls = std::filesystem::exists(calls_file()) ? lab::read_file(calls_file()) : std::string();
    std::filesystem::remove(calls_file());
    return std::regex_replace(calls, random, "V");
  }
};

/// uacme begins one challenge when the one before is done. So its hooks may know one value at a name: its own
/// nsupdate.sh waits until no other is there.
const std::string kOneValueHook = R"(
echo "$1 $2 $3" >>"$CALLS"
case $1 in
  begin)
    [ ! -e "$CALLS.begun" ] || exit 75
    touch "$CALLS.begun"
    change add "_acme-challenge.$3" "$5" ;;
  *)
    rm "$CALLS.begun"
    change delete "_acme-challenge.$3" "" ;;
esac
)";

class UacmeHook : public testing::Test {
 protected:
  UacmeHook() {
    const auto variables = world_.certmgr.dir() / "hook.env";
    lab::write_file(variables, "CALLS=" + world_.calls_file() + "\n");
    std::filesystem::permissions(variables, std::filesystem::perms(0600));
    world_.use("type = \"uacme\"\nprogram = \"" + world_.hook() + "\"\nenvironment_file = \"" +
                   variables.string() + "\"\n",
               kOneValueHook);
  }
  HookWorld world_;
};

TEST_F(UacmeHook, IsToldHowItEnded) {
  world_.ca.change([](auto& behaviour) {
    behaviour.failing_identifiers["bad.example.com"] = {
        .type = "unauthorized", .status = 403, .detail = "nothing is there"};
  });
  EXPECT_EQ(world_.certmgr.run({"issue", "good.example.com", "--dns", "hook"}).exit_code, 0);
  EXPECT_EQ(world_.take_calls(), "begin dns-01 good.example.com\ndone dns-01 good.example.com\n");
  EXPECT_NE(world_.certmgr.run({"issue", "bad.example.com", "--dns", "hook"}).exit_code, 0);
  EXPECT_EQ(world_.take_calls(), "begin dns-01 bad.example.com\nfailed dns-01 bad.example.com\n");
  EXPECT_THAT(world_.txt("_acme-challenge.bad.example.com"), IsEmpty());
}

TEST_F(UacmeHook, HasOneValueAtANameAtATime) {
  const auto issued = world_.certmgr.run({"issue", "example.com", "*.example.com", "--dns", "hook"});
  ASSERT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_EQ(world_.take_calls(),
            "begin dns-01 example.com\ndone dns-01 example.com\n"
            "begin dns-01 example.com\ndone dns-01 example.com\n");
  EXPECT_THAT(world_.txt("_acme-challenge.example.com"), IsEmpty());
  EXPECT_THAT(world_.ca.violations(), IsEmpty());
}

/// It runs as Debian ships it; dig and nsupdate of this test lead it to the lab's name server.
TEST(UacmesOwnHook, ProvesANameAndItsWildcard) {
  const std::string shipped = "/usr/share/uacme/nsupdate.sh";
  if (!std::filesystem::exists(shipped))
    GTEST_SKIP() << "no " << shipped << ": scripts/install-packages test";
  const HookWorld world;
  const auto bin = world.certmgr.dir() / "bin";
  const auto lead = [&](const std::string& name, const std::string& text) {
    std::filesystem::create_directories(bin);
    lab::write_file(bin / name, "#!/bin/bash\n" + text);
    std::filesystem::permissions(bin / name, std::filesystem::perms::owner_all);
  };
  const auto port = std::to_string(world.named.port());
  lead("dig", "all=(); for a; do [[ $a == @* ]] || all+=(\"$a\"); done\nexec " +
                  lab::find_program("dig").string() + " @127.0.0.1 -p " + port + " \"${all[@]}\"\n");
  lead("nsupdate", "sed -e 's/server .*/server 127.0.0.1 " + port + "/' -e 's/del \\(.*\\)/del \\1 TXT/' | " +
                       lab::find_program("nsupdate").string() + " -k " + world.named.key_file().string() +
                       "\n");
  const auto variables = world.certmgr.dir() / "hook.env";
  lab::write_file(variables, "PATH=" + bin.string() + ":/usr/bin:/bin\n");
  std::filesystem::permissions(variables, std::filesystem::perms(0600));
  world.configure("type = \"uacme\"\ntimeout = 15\nprogram = \"" + shipped + "\"\nenvironment_file = \"" +
                  variables.string() + "\"\n");
  const auto issued = world.certmgr.run({"issue", "example.com", "*.example.com", "--dns", "hook"});
  ASSERT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_THAT(world.txt("_acme-challenge.example.com"), IsEmpty());
}

/// So does lego with programs: the hook of its own tests clears the whole name at its clean-up.
TEST(ExecHook, HasOneValueAtANameAtATime) {
  const HookWorld world;
  world.use(
      "type = \"exec\"\nprogram = \"" + world.hook() + "\"\n",
      "echo \"$1 $2\" >>" + world.calls_file() +
          "\ncase $1 in present) change add \"${2%.}\" \"$3\" ;; *) change delete \"${2%.}\" \"\" ;; esac\n");
  const auto issued =
      world.certmgr.run({"issue", "alias.example.com", "*.alias.example.com", "--dns", "hook"});
  ASSERT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_EQ(world.take_calls(),
            "present proofs.example.com.\ncleanup proofs.example.com.\n"
            "present proofs.example.com.\ncleanup proofs.example.com.\n");
  EXPECT_THAT(world.txt("proofs.example.com"), IsEmpty());
}

TEST_F(UacmeHook, IsToldOfARefusedValueBeforeTheNext) {
  world_.ca.change([](auto& behaviour) {
    behaviour.failing_identifiers["example.com"] = {
        .type = "unauthorized", .status = 403, .detail = "nothing is there"};
  });
  const auto issued = world_.certmgr.run({"issue", "example.com", "*.example.com", "--dns", "hook"});
  EXPECT_NE(issued.exit_code, 0);
  EXPECT_THAT(world_.take_calls(),
              testing::StartsWith("begin dns-01 example.com\nfailed dns-01 example.com\n"))
      << issued.errors;
  EXPECT_THAT(world_.txt("_acme-challenge.example.com"), IsEmpty());
}

/// HOOK_CHAIN of dehydrated: all challenges of a certificate in one call.
TEST(DehydratedHook, GetsAllOfAnOrderAtOnceInAChain) {
  const HookWorld world;
  world.use("type = \"dehydrated\"\nprogram = \"" + world.hook() + "\"\nhook_chain = true\n",
            "echo \"$@\" >>" + world.calls_file() + R"(
case $1 in deploy_challenge) verb=add ;; clean_challenge) verb=delete ;; esac
shift
while [ $# -ge 3 ]; do change $verb "_acme-challenge.$1" "$3" || exit 1; shift 3; done
)");
  const auto issued =
      world.certmgr.run({"issue", "example.com", "*.example.com", "a.example.com", "--dns", "hook"});
  ASSERT_EQ(issued.exit_code, 0) << issued.errors;
  const auto calls = world.take_calls();
  EXPECT_TRUE(std::regex_match(
      calls, std::regex("deploy_challenge( \\S*example.com \\S+ V){3}\nclean_challenge( \\S+ \\S+ V){3}\n")))
      << calls;
  EXPECT_THAT(world.txt("_acme-challenge.example.com"), IsEmpty());
  EXPECT_THAT(world.txt("_acme-challenge.a.example.com"), IsEmpty());
  EXPECT_THAT(world.ca.violations(), IsEmpty());
}

TEST(DehydratedHook, ThatFailsInAChainIsAskedToCleanUpAllOfIt) {
  const HookWorld world;
  world.use("type = \"dehydrated\"\nprogram = \"" + world.hook() + "\"\nhook_chain = true\n",
            "echo \"$1 $#\" >>" + world.calls_file() + "\n[ $1 = clean_challenge ]\n");
  const auto issued = world.certmgr.run({"issue", "*.a.example.com", "*.b.example.com", "--dns", "hook"});
  EXPECT_NE(issued.exit_code, 0);
  EXPECT_EQ(world.take_calls(), "deploy_challenge 7\nclean_challenge 7\n") << issued.errors;
}

/// certbot tells its hooks about all challenges of the certificate, and how many are still to come: a hook
/// may wait for the name servers at the last one.
TEST(CertbotHook, KnowsWhichNamesThereAreAndHowManyAreLeft) {
  const HookWorld world;
  const std::string hook = "[\"" + world.hook() + "\"";
  world.use(
      "type = \"certbot\"\nauth_hook = " + hook + ", \"add\"]\ncleanup_hook = " + hook + ", \"delete\"]\n",
      "echo \"$1 $CERTBOT_DOMAIN $CERTBOT_ALL_DOMAINS $CERTBOT_REMAINING_CHALLENGES\" >>" +
          world.calls_file() + "\nchange $1 \"_acme-challenge.$CERTBOT_DOMAIN\" \"$CERTBOT_VALIDATION\"\n");
  const auto issued = world.certmgr.run({"issue", "example.com", "*.example.com", "--dns", "hook"});
  ASSERT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_EQ(world.take_calls(),
            "add example.com example.com,example.com 1\nadd example.com example.com,example.com 0\n"
            "delete example.com example.com,example.com 1\ndelete example.com example.com,example.com 0\n");
  EXPECT_THAT(world.txt("_acme-challenge.example.com"), IsEmpty());
}

/// As `exec` of lego; its clean-up fails as long as a file is there.
class HookThatFails : public testing::Test {
 protected:
  void SetUp() override {
    if (!clock_.works()) GTEST_SKIP() << "libfaketime is not installed";
    world_.use("type = \"exec\"\nprogram = \"" + world_.hook() + "\"\n",
               "echo \"$1 $2\" >>" + world_.calls_file() + "\n" +
                   "case $1 in present) change add \"${2%.}\" \"$3\" ;;\n" + "cleanup) if [ -e " +
                   broken_.string() +
                   " ]; then echo 'the provider is down' >&2; exit 1; fi\n"
                   "change delete \"${2%.}\" \"$3\" ;; esac\n");
    lab::write_file(broken_, "");
  }
  std::string later(const std::string& by) {
    clock_.move(by);
    const auto outcome = world_.certmgr.run({"daemon", "--once"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
    return outcome.errors;
  }
  HookWorld world_;
  std::filesystem::path broken_ = world_.certmgr.dir() / "broken";
  MovedClock clock_{world_.certmgr, world_.certmgr.dir() / "clock"};
};

TEST_F(HookThatFails, ToCleanUpIsCalledAgainUntilItCan) {
  const auto issued = world_.certmgr.run({"issue", "example.com", "--dns", "hook"});
  ASSERT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_THAT(issued.errors, HasSubstr("the provider is down"));
  EXPECT_THAT(issued.errors, HasSubstr("it is tried again"));
  EXPECT_THAT(world_.txt("_acme-challenge.example.com"), Not(IsEmpty()));
  const auto left = nlohmann::json::parse(world_.certmgr.run({"show", "example.com", "--json"}).output);
  EXPECT_EQ(left["certificate"]["proofs_left"][0]["proof"],
            "the dns-01 proof for example.com at _acme-challenge.example.com");
  EXPECT_THAT(world_.certmgr.run({"status"}).output, HasSubstr("proofs left   of 1 order, "));
  EXPECT_THAT(later("+10m"), HasSubstr("the provider is down"));
  std::filesystem::remove(broken_);
  later("+20m");
  EXPECT_THAT(world_.txt("_acme-challenge.example.com"), IsEmpty());
  EXPECT_NE(world_.take_calls(), "");
  later("+2d");
  EXPECT_EQ(world_.take_calls(), "") << "it is done";
  EXPECT_THAT(world_.certmgr.run({"status"}).output, Not(HasSubstr("proofs left")));
  const auto history = world_.certmgr.run({"history", "example.com"}).output;
  EXPECT_THAT(history, HasSubstr("order.proofs_left"));
  EXPECT_THAT(history, HasSubstr("order.proofs_withdrawn"));
}

TEST_F(HookThatFails, AfterAnOrderThatFailedToo) {
  world_.ca.change([](auto& behaviour) {
    behaviour.failing_identifiers["example.com"] = {
        .type = "rejectedIdentifier", .status = 403, .detail = "not this one"};
  });
  EXPECT_NE(world_.certmgr.run({"issue", "example.com", "--dns", "hook"}).exit_code, 0);
  EXPECT_THAT(world_.txt("_acme-challenge.example.com"), Not(IsEmpty()));
  std::filesystem::remove(broken_);
  clock_.move("+20m");
  EXPECT_EQ(world_.certmgr.run({"daemon", "--once"}).exit_code, 1) << "its renewal fails";
  EXPECT_THAT(world_.txt("_acme-challenge.example.com"), IsEmpty());
}

TEST_F(HookThatFails, IsToldOfWhenItsCertificateIsDeleted) {
  ASSERT_EQ(world_.certmgr.run({"issue", "example.com", "--dns", "hook"}).exit_code, 0);
  const auto told = world_.certmgr.run({"delete", "example.com", "--yes"});
  EXPECT_EQ(told.exit_code, 0) << told.errors;
  EXPECT_THAT(told.errors,
              HasSubstr("remove the dns-01 proof for example.com at _acme-challenge.example.com"));
}

TEST_F(HookThatFails, DoesNotKeepAnybodyWaitingWhoFollowsTheDaemon) {
  auto daemon = world_.certmgr.start({"daemon"});
  ASSERT_TRUE(lab::wait_until([&] { return daemon.errors().find("at work") != std::string::npos; }));
  const auto issued = world_.certmgr.run({"issue", "example.com", "--dns", "hook"});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_THAT(world_.certmgr.run({"history", "example.com"}).output, HasSubstr("order.proofs_left"));
}

TEST_F(HookThatFails, LeavesTwoOrdersThatAreBothForgottenWithTheirCertificate) {
  ASSERT_EQ(world_.certmgr.run({"issue", "example.com", "--dns", "hook"}).exit_code, 0);
  ASSERT_EQ(world_.certmgr.run({"renew", "example.com", "--force"}).exit_code, 0);
  const auto shown = nlohmann::json::parse(world_.certmgr.run({"show", "example.com", "--json"}).output);
  EXPECT_EQ(shown["certificate"]["proofs_left"].size(), 2U);
  const auto checked = world_.certmgr.run({"db", "check"});
  EXPECT_EQ(checked.exit_code, 0) << checked.output;
  EXPECT_EQ(world_.certmgr.run({"delete", "example.com", "--yes"}).exit_code, 0);
}

TEST_F(HookThatFails, IsCalledAgainWhereANameIsAuthorizedAgain) {
  const std::vector<std::string> authorize{"authorize", "example.com", "--challenge", "dns-01"};
  const auto first = world_.certmgr.run(authorize);
  ASSERT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_THAT(first.errors, HasSubstr("running the command again tries it again"));
  EXPECT_THAT(world_.txt("_acme-challenge.example.com"), Not(IsEmpty()));
  std::filesystem::remove(broken_);
  EXPECT_EQ(world_.certmgr.run(authorize).exit_code, 0);
  EXPECT_THAT(world_.txt("_acme-challenge.example.com"), IsEmpty());
}

TEST_F(HookThatFails, IsCalledAgainAfterAnAuthorizationThatWasRefused) {
  world_.ca.change([](auto& behaviour) {
    behaviour.failing_identifiers["example.com"] = {
        .type = "unauthorized", .status = 403, .detail = "nothing is there"};
  });
  const std::vector<std::string> authorize{"authorize", "example.com", "--challenge", "dns-01"};
  EXPECT_NE(world_.certmgr.run(authorize).exit_code, 0);
  EXPECT_NE(world_.certmgr.run(authorize).exit_code, 0);
  std::filesystem::remove(broken_);
  world_.ca.change([](auto& behaviour) { behaviour.failing_identifiers.clear(); });
  EXPECT_EQ(world_.certmgr.run(authorize).exit_code, 0);
  EXPECT_THAT(world_.txt("_acme-challenge.example.com"), IsEmpty());
}

}  // namespace
}  // namespace certmgr::e2e
