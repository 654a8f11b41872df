// SPDX-License-Identifier: MIT
// hooks/kamailio against a private Kamailio, and against answers a real one gives only on a bad day.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "adapters/deploy/disk_file_placer.h"
#include "adapters/deploy/hook_process.h"
#include "integration/deploy/support.h"
#include "lab/kamailio.h"
#include "lab/tls_client.h"
#include "platform/child_process.h"

namespace certmgr::deploy::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class KamailioHook : public ::testing::Test {
 protected:
  const lab::Authority authority;
  const lab::Pair first = authority.issue({"sip.example.com"});
  const lab::Pair second = authority.issue({"sip.example.com"});
  lab::TempDir dir;
  Server server = server_in(dir.path());
  HookProcess runner{dir.path(), dir.path()};

  void SetUp() override {
    std::filesystem::copy_file(std::filesystem::path(CERTMGR_TEST_SOURCE_DIR) / "hooks/kamailio",
                               dir / "kamailio");
    lab::write_pair(first, server.files.fullchain, server.files.key);
    server.type = "kamailio";
  }
  HookResult run(const std::string& phase) {
    HookCall call;
    call.phase = phase;
    call.server = &server;
    auto result = runner.run(call);
    return result ? *result : HookResult{-1, result.error().message()};
  }
};

class RealKamailioHook : public KamailioHook {
 protected:
  std::optional<lab::Kamailio> kamailio;

  void SetUp() override {
    KamailioHook::SetUp();
    kamailio.emplace(lab::KamailioOptions{.fullchain = server.files.fullchain, .key = server.files.key});
    server.settings = {{"kamcmd_socket", kamailio->kamcmd_socket()}};
    // It listens before its processes have read the key: files changed in between end its start.
    ASSERT_TRUE(lab::wait_until([&] { return served() == lab::fingerprint_of_pem(first.certificate_pem); }));
  }
  [[nodiscard]] std::string served() const { return lab::tls_fingerprint("127.0.0.1", kamailio->port()); }
};

TEST_F(RealKamailioHook, ReloadMakesKamailioServeTheNewCertificate) {
  DiskFilePlacer placer;
  ASSERT_TRUE(placer.place(server, material_of(second)));
  const auto checked = run("check");
  EXPECT_EQ(checked.exit_code, 0) << checked.output;
  EXPECT_THAT(checked.output, HasSubstr(kamailio->tls_config_file().string()));
  EXPECT_THAT(checked.output, Not(HasSubstr("warning")));
  EXPECT_EQ(served(), lab::fingerprint_of_pem(first.certificate_pem));
  const auto reloaded = run("reload");
  EXPECT_EQ(reloaded.exit_code, 0) << reloaded.output;
  EXPECT_THAT(reloaded.output, HasSubstr("Ok. TLS configuration reloaded."));
  EXPECT_EQ(served(), lab::fingerprint_of_pem(second.certificate_pem)) << "it answers when it is done";
}

TEST_F(RealKamailioHook, AFailedReloadIsSeenThoughKamcmdEndsWithZero) {
  lab::write_file(server.files.key, second.key_pem);
  const auto bare = platform::run_child(
      {.program = lab::find_program("kamcmd"), .arguments = {"-s", kamailio->kamcmd_socket(), "tls.reload"}});
  EXPECT_EQ(bare.exit_code, 0) << "the reason why the answer has to be read";
  EXPECT_THAT(bare.output, StartsWith("error: 500"));
  const auto result = run("reload");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("error: 500"));
  EXPECT_THAT(result.output, HasSubstr("keeps the certificates it has"));
  EXPECT_EQ(served(), lab::fingerprint_of_pem(first.certificate_pem));
}

TEST_F(RealKamailioHook, FilesTheConfigurationDoesNotNameAreWarnedAbout) {
  server.files.key = dir / "another-key.pem";
  const auto result = run("check");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("does not name " + server.files.key));
}

TEST_F(RealKamailioHook, OneThatDoesNotRunIsSaidSoWithItsSocket) {
  kamailio->stop();
  for (const auto* phase : {"check", "reload"}) {
    const auto result = run(phase);
    EXPECT_EQ(result.exit_code, 1) << phase;
    EXPECT_THAT(result.output, HasSubstr("does not answer at " + kamailio->kamcmd_socket()));
    EXPECT_THAT(result.output, HasSubstr("systemctl status kamailio"));
  }
}

/// A kamcmd that answers from a script: $1 is the command, $asked counts the tls.reload before.
class ScriptedKamailioHook : public KamailioHook {
 protected:
  void SetUp() override {
    KamailioHook::SetUp();
    server.settings = {{"kamcmd", dir / "kamcmd"}};
  }
  void answer(const std::string& reload, const std::string& version = "5.8.4",
              const std::string& rest = "tls.options) echo 'config: /none/tls.cfg' ;;\n") {
    const auto count = (dir / "count").string();
    write_script(dir / "kamcmd", "asked=$(cat " + count +
                                     " 2>/dev/null || echo 0)\n"
                                     "case $1 in\n"
                                     "core.version) echo 'kamailio " +
                                     version +
                                     " (x86_64/linux) ' ;;\n"
                                     "tls.reload) echo $((asked + 1)) >" +
                                     count + "\n" + reload + " ;;\n" + rest + "esac\n");
  }
  [[nodiscard]] std::string reloads() const { return lab::read_file(dir / "count"); }
};

TEST_F(ScriptedKamailioHook, TheSpuriousErrorAfterAFailedReloadIsTriedOnceMore) {
  answer(
      "[ $asked -gt 0 ] && echo 'Ok. TLS configuration reloaded.' || "
      "echo 'error: 500 - Error while loading TLS configuration file'");
  const auto result = run("reload");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_EQ(reloads(), "2\n");

  std::filesystem::remove(dir / "count");
  answer("echo 'error: 500 - Error while loading TLS configuration file'");
  EXPECT_EQ(run("reload").exit_code, 1);
  EXPECT_EQ(reloads(), "2\n") << "once, not for ever";
}

TEST_F(ScriptedKamailioHook, TheErrorOfAnotherProcessIsTriedOnceMore) {
  const std::string fixing = "echo 'error: 500 - Error while fixing TLS configuration (consult server log)'";
  answer("[ $asked -gt 0 ] && echo 'Ok. TLS configuration reloaded.' || " + fixing);
  const auto result = run("reload");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_EQ(reloads(), "2\n");

  std::filesystem::remove(dir / "count");
  answer(fixing);
  EXPECT_EQ(run("reload").exit_code, 1);
  EXPECT_EQ(reloads(), "2\n");

  std::filesystem::remove(dir / "count");
  answer("[ $asked -gt 0 ] && echo 'error: 500 - Command Executed Too Fast' || " + fixing);
  EXPECT_EQ(run("reload").exit_code, 75) << "the second try came too soon";
}

TEST_F(ScriptedKamailioHook, AnyOtherErrorIsNotTriedAgain) {
  answer("echo 'error: 500 - No TLS configuration file configured'");
  EXPECT_EQ(run("reload").exit_code, 1);
  EXPECT_EQ(reloads(), "1\n");
}

TEST_F(ScriptedKamailioHook, AnAnswerThatOnlyMentionsOkIsNoSuccess) {
  answer("echo 'error: 500 - not Ok. at all'");
  EXPECT_EQ(run("reload").exit_code, 1);
  answer("");
  EXPECT_EQ(run("reload").exit_code, 1) << "nor is silence";
}

TEST_F(ScriptedKamailioHook, OneThatDiesWhileReloadingIsSaidSo) {
  answer("echo 'ERROR: read reply failed: Success (0)' >&2; exit 255");
  const auto result = run("reload");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("broke off while reloading"));
}

TEST_F(ScriptedKamailioHook, AReloadTooSoonAfterTheLastAsksToBeTriedAgain) {
  answer("echo 'error: 500 - Command Executed Too Fast'");
  EXPECT_EQ(run("reload").exit_code, 75);
}

TEST_F(ScriptedKamailioHook, WarnsOfVersionsThatCanCrashAndOfNoOther) {
  for (const auto* version : {"4.4.7", "5.6.3", "5.7.0"}) {
    answer("echo 'Ok. TLS configuration reloaded.'", version);
    EXPECT_THAT(run("reload").output, HasSubstr("warning: kamailio " + std::string(version))) << version;
  }
  for (const auto* version : {"5.8.0", "5.10.1", "6.1.5", "6.2.0-dev1", ""}) {
    answer("echo 'Ok. TLS configuration reloaded.'", version);
    const auto result = run("reload");
    EXPECT_EQ(result.exit_code, 0) << result.output;
    EXPECT_THAT(result.output, Not(HasSubstr("warning"))) << version;
  }
}

TEST_F(ScriptedKamailioHook, CertificatesThatAreModuleParametersCannotBeReloaded) {
  answer("", "5.8.4", "tls.options) echo 'config: <null string>' ;;\n");
  auto result = run("check");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("tls.cfg"));
  answer("", "5.8.4", "*) echo \"error: 500 - command $1 not found\" ;;\n");
  result = run("check");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("Load tls.so"));
}

TEST_F(ScriptedKamailioHook, AKeyThatKamailiosUserCannotReadFailsTheCheck) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can look as another user";
  std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));
  std::filesystem::copy_file(lab::find_program("sleep"), dir / "kamailio-fake");
  lab::Process fake({.command = {lab::find_program("setpriv"), "--reuid=65534", "--regid=65534",
                                 "--clear-groups", dir / "kamailio-fake", "600"},
                     .environment = lab::own_environment(),
                     .output = dir / "fake.log"});
  const auto comm = "/proc/" + std::to_string(fake.pid()) + "/comm";
  ASSERT_TRUE(lab::wait_until([&] { return lab::read_file(comm) == "kamailio-fake\n"; }));
  answer("", "5.8.4",
         "tls.options) echo 'config: /none/tls.cfg' ;;\ncore.psx) echo '\tPID: " +
             std::to_string(fake.pid()) + "' ;;\n");
  auto result = run("check");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("cannot read " + server.files.key));
  EXPECT_THAT(result.output, HasSubstr("--mode 0640"));
  ASSERT_EQ(::chown(server.files.key.c_str(), 0, 65534), 0);
  std::filesystem::permissions(server.files.key, std::filesystem::perms(0640));
  result = run("check");
  EXPECT_EQ(result.exit_code, 0) << result.output;
}

TEST_F(ScriptedKamailioHook, DescribesItselfInOneLineAndRefusesOtherPhases) {
  const auto line = run("describe");
  EXPECT_EQ(line.exit_code, 0);
  EXPECT_EQ(std::count(line.output.begin(), line.output.end(), '\n'), 1);
  EXPECT_EQ(run("deploy").exit_code, 64);
  server.settings["kamcmd"] = "/no/such/kamcmd";
  EXPECT_THAT(run("check").output, HasSubstr("--set kamcmd=PATH"));
}

}  // namespace
}  // namespace certmgr::deploy::testing
