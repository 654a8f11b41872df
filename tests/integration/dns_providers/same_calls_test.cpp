// SPDX-License-Identifier: MIT
// The same hook, called by the client it was written for and by us: the calls must not differ.
#include <algorithm>
#include <iostream>
#include <regex>

#include "integration/dns_providers/bench.h"
#include "lab/pebble.h"

namespace certmgr::dns_providers::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

/// Notes its arguments, one to a line, and what the client put into its environment.
const std::string kRecorder = R"(#!/bin/sh
case $1 in startup_hook|exit_hook|this_hookscript_is_broken*|generate_csr|request_failure|deploy_cert|sync_cert|unchanged_cert) exit 0 ;; esac
{
    echo "call"
    for argument; do echo "  $argument"; done
    env | grep -E '^(CERTBOT_|UACME_|BASEDIR=|CERTDIR=|ALPNCERTDIR=|CONFIG=|WELLKNOWN=|COMMAND=|CHALLENGETYPE=)' | sort
} >>"$LAB_CALLS"
echo "answer of the hook"
)";

class SameCalls : public Bench {
 protected:
  SameCalls() : pebble_({.always_valid = true}), recorder_(hook("recorder", kRecorder)) {}

  /// False, with the reason printed, when the client is not there.
  static bool installed(const std::string& client) {
    try {
      lab::find_program(client);
      return true;
    } catch (const std::runtime_error&) {
      std::cout << client << " is not installed: scripts/install-packages test\n";
      return false;
    }
  }

  void run_client(std::vector<std::string> command, const std::map<std::string, std::string>& variables) {
    command[0] = lab::find_program(command[0]).string();
    auto environment = lab::own_environment();
    environment["LAB_CALLS"] = path("calls");
    for (const auto& [name, value] : variables) environment[name] = value;
    lab::Process client({.command = command, .environment = environment, .output = dir_ / "client.log"});
    const auto status = client.wait(std::chrono::seconds(50));
    ASSERT_EQ(status, 0) << client.output();
  }

  /// What was noted since the last look, with what differs between two orders made the same.
  std::vector<std::string> take_calls() {
    static const std::regex key_authorization("[A-Za-z0-9_-]{43}\\.[A-Za-z0-9_-]{43}");
    static const std::regex digest("[A-Za-z0-9_-]{43}");
    // Where the client keeps its own files, and we have none.
    static const std::regex folder("^(BASEDIR|CERTDIR|ALPNCERTDIR|CONFIG|WELLKNOWN)=.*");
    auto lines = calls();
    // Certbot 5 has these besides, with the same content.
    std::erase_if(lines, [](const std::string& line) {
      return line.starts_with("CERTBOT_IDENTIFIER=") || line.starts_with("CERTBOT_ALL_IDENTIFIERS=");
    });
    for (auto& line : lines) {
      line = std::regex_replace(line, key_authorization, "KEYAUTH");
      line = std::regex_replace(line, digest, "DIGEST");
      line = std::regex_replace(line, folder, "$1");
    }
    std::filesystem::remove(dir_ / "calls");
    return lines;
  }

  /// `identifiers` are taken in the order the client had them, which is the CA's.
  void expect_same(std::vector<std::string> identifiers) {
    const auto theirs = take_calls();
    const auto turn = [&](const std::string& identifier) {
      return std::find_if(theirs.begin(), theirs.end(), [&](const std::string& line) {
        return line.find(identifier) != std::string::npos;
      });
    };
    std::sort(identifiers.begin(), identifiers.end(),
              [&](const std::string& a, const std::string& b) { return turn(a) < turn(b); });
    std::vector<TxtRecord> records;
    for (const auto& identifier : identifiers) {
      const std::string token(43, 't');
      const auto made =
          dns01_record(identifier, token, token + "." + std::string(43, 'k'), std::string(43, 'v'));
      ASSERT_TRUE(made);
      records.push_back(*made);
    }
    ASSERT_TRUE(present(records));
    ASSERT_TRUE(withdraw(records));
    EXPECT_THAT(theirs, Not(IsEmpty()));
    EXPECT_EQ(take_calls(), theirs);
  }

  lab::Pebble pebble_;
  std::string recorder_;
};

TEST_F(SameCalls, AsLegoMakesThem) {
  if (!installed("lego")) GTEST_SKIP() << "no lego";
  for (const bool raw : {false, true}) {
    run_client({"lego", "--server", pebble_.directory_url(), "--accept-tos", "--email", "a@example.test",
                "--path", path("lego"), "--dns", "exec", "--dns.disable-cp", "--dns.resolvers",
                "127.0.0.1:" + std::to_string(named().port()), "--domains", "same.example.test", "run"},
               {{"LEGO_CA_CERTIFICATES", pebble_.ca_file().string()},
                {"EXEC_PATH", recorder_},
                {"EXEC_MODE", raw ? "RAW" : ""},
                {"EXEC_POLLING_INTERVAL", "1"}});
    settings_.way = ExecSettings{recorder_, raw};
    expect_same({"same.example.test"});
  }
}

TEST_F(SameCalls, AsDehydratedMakesThem) {
  if (!installed("dehydrated")) GTEST_SKIP() << "no dehydrated";
  for (const bool chain : {false, true}) {
    const auto config =
        write("dehydrated/config",
              "CA=" + pebble_.directory_url() + "\nBASEDIR=" + path("dehydrated") +
                  "\nCURL_OPTS=\"--cacert " + pebble_.ca_file().string() + "\"\nCHALLENGETYPE=dns-01\n" +
                  "HOOK_CHAIN=" + (chain ? "yes" : "no") + "\nHOOK=" + recorder_ + "\n",
              0600);
    run_client({"dehydrated", "--register", "--accept-terms", "-f", config}, {});
    run_client({"dehydrated", "--cron", "--force", "-f", config, "-d", "same.example.test", "-d",
                "other.example.test"},
               {});
    settings_.way = DehydratedSettings{recorder_, chain};
    expect_same({"same.example.test", "other.example.test"});
  }
}

TEST_F(SameCalls, AsCertbotMakesThem) {
  if (!installed("certbot")) GTEST_SKIP() << "no certbot";
  run_client({"certbot",
              "certonly",
              "--non-interactive",
              "--agree-tos",
              "-m",
              "a@example.test",
              "--no-eff-email",
              "--server",
              pebble_.directory_url(),
              "--config-dir",
              path("certbot"),
              "--work-dir",
              path("work"),
              "--logs-dir",
              path("logs"),
              "--manual",
              "--preferred-challenges",
              "dns",
              "--manual-auth-hook",
              recorder_,
              "--manual-cleanup-hook",
              recorder_,
              "-d",
              "same.example.test"},
             {{"REQUESTS_CA_BUNDLE", pebble_.ca_file().string()}});
  settings_.way = CertbotSettings{{recorder_}, {recorder_}};
  expect_same({"same.example.test"});
}

/// uacme brings a hook, for the name server of its own host. It runs as it is; dig and nsupdate of this test
/// lead it to the lab's.
TEST_F(SameCalls, TheHookThatComesWithUacmeWorks) {
  const std::string shipped = "/usr/share/uacme/nsupdate.sh";
  if (!std::filesystem::exists(shipped))
    GTEST_SKIP() << "no " << shipped << ": scripts/install-packages test";
  const std::string port = std::to_string(named().port());
  hook("bin/dig", "#!/bin/bash\nall=(); for a; do [[ $a == @* ]] || all+=(\"$a\"); done\nexec " +
                      lab::find_program("dig").string() + " @127.0.0.1 -p " + port + " \"${all[@]}\"\n");
  hook("bin/nsupdate", "#!/bin/bash\nsed 's/server .*/server 127.0.0.1 " + port + "/' | " +
                           lab::find_program("nsupdate").string() + " -k " + named().key_file().string() +
                           "\n");
  settings_.environment_file = write("uacme.env", "PATH=" + path("bin") + ":/usr/bin:/bin\n", 0600);
  settings_.way = UacmeSettings{shipped};
  const auto one = record("shipped.example.test");
  const auto done = present({one});
  ASSERT_TRUE(done) << done.error().message() << "\n" << done.error().detail;
  EXPECT_THAT(values_at(one.target), ::testing::ElementsAre(one.value));
}

/// The example that dehydrated brings shows a line for nsupdate in a comment. With the comment signs away,
/// and the lab's port and key in the place of its own, it is a hook.
TEST_F(SameCalls, TheExampleThatComesWithDehydratedWorks) {
  const std::string shipped = "/usr/share/doc/dehydrated/examples/hook.sh";
  if (!std::filesystem::exists(shipped))
    GTEST_SKIP() << "no " << shipped << ": scripts/install-packages test, with its documentation";
  auto example = std::regex_replace(lab::read_file(shipped), std::regex("# (printf 'server 127.0.0.1)"),
                                    "$1 " + std::to_string(named().port()));
  example =
      std::regex_replace(example, std::regex("/var/run/named/session.key"), named().key_file().string());
  for (const bool chain : {false, true}) {
    settings_.way = DehydratedSettings{hook("hook.sh", example), chain};
    const auto one = record("example.example.test", chain ? 'c' : 'd');
    const auto done = present({one});
    ASSERT_TRUE(done) << done.error().message() << "\n" << done.error().detail;
    EXPECT_THAT(values_at(one.target), ::testing::ElementsAre(one.value));
    ASSERT_TRUE(withdraw({one}));
    EXPECT_THAT(values_at(one.target), IsEmpty());
  }
}

}  // namespace
}  // namespace certmgr::dns_providers::testing
