// SPDX-License-Identifier: MIT
#include "adapters/deploy/hook_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <sstream>

#include "integration/deploy/support.h"

namespace certmgr::deploy::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class Hook : public ::testing::Test {
 protected:
  lab::TempDir dir;
  Server server = server_in(dir.path());
  HookProcess runner{dir.path(), dir / "state", std::chrono::seconds(30)};

  void SetUp() override {
    std::filesystem::create_directory(dir / "state");
    server.hook = dir / "hook";
  }

  [[nodiscard]] HookCall call() const {
    HookCall call;
    call.phase = "reload";
    call.server = &server;
    call.certificate = "pbx";
    call.identifiers = {{IdentifierType::dns, "pbx.example.com"}, {IdentifierType::dns, "sip.example.com"}};
    call.fingerprint = std::string(64, 'a');
    call.not_after = parse_rfc3339("2027-02-22T08:00:00Z").value();
    call.reason = "renew";
    return call;
  }
  Result<HookResult> run(const std::string& script) {
    write_script(server.hook, script);
    return runner.run(call());
  }
  Trouble refused() {
    const auto result = runner.run(call());
    EXPECT_FALSE(result);
    if (result) return {};
    EXPECT_THAT(result.error().what, HasSubstr(server.hook));
    EXPECT_NE(result.error().hint, "");
    return result.error();
  }
};

TEST_F(Hook, AnyExitCodeIsAResultWithTheOutput) {
  for (const int code : {0, 1, 75}) {
    const auto result = run("echo phase $1; echo problem >&2; exit " + std::to_string(code));
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ(result->exit_code, code);
    EXPECT_EQ(result->output, "phase reload\nproblem\n");
  }
}

TEST_F(Hook, SeesExactlyTheEnvironmentOfTheContract) {
  ::setenv("CERTMGR_TEST_SECRET", "must not be seen", 1);
  ::setenv("TZ", "Europe/Vienna", 1);
  server.settings = {{"kamcmd_socket", "unix:/run/ctl"}, {"kamcmd", "/opt/kamcmd"}};
  server.files.combined = dir / "combined.pem";
  const auto result = run("cat /proc/$$/environ");
  ::unsetenv("TZ");
  ::unsetenv("CERTMGR_TEST_SECRET");
  ASSERT_TRUE(result);

  std::map<std::string, std::string> found;
  std::istringstream stream(result->output);
  for (std::string line; std::getline(stream, line, '\0');)
    found[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
  const auto home = found["HOME"];
  EXPECT_THAT(home, ::testing::StartsWith("/"));
  const std::map<std::string, std::string> expected = {
      {"CERTMGR_HOOK_API", "1"},
      {"CERTMGR_PHASE", "reload"},
      {"CERTMGR_SERVER", "pbx1"},
      {"CERTMGR_SERVER_TYPE", "generic"},
      {"CERTMGR_CERTIFICATE", "pbx"},
      {"CERTMGR_IDENTIFIERS", "pbx.example.com sip.example.com"},
      {"CERTMGR_CERT_FILE", ""},
      {"CERTMGR_CHAIN_FILE", ""},
      {"CERTMGR_FULLCHAIN_FILE", dir / "fullchain.pem"},
      {"CERTMGR_KEY_FILE", dir / "key.pem"},
      {"CERTMGR_COMBINED_FILE", dir / "combined.pem"},
      {"CERTMGR_ONLY", ""},
      {"CERTMGR_FINGERPRINT", std::string(64, 'a')},
      {"CERTMGR_NOT_AFTER", "2027-02-22T08:00:00Z"},
      {"CERTMGR_REASON", "renew"},
      {"RENEWED_LINEAGE", dir / "state/lineage/pbx1"},
      {"RENEWED_DOMAINS", "pbx.example.com sip.example.com"},
      {"KAMCMD_SOCKET", "unix:/run/ctl"},
      {"KAMCMD", "/opt/kamcmd"},
      {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
      {"HOME", home},
      {"LANG", "C.UTF-8"},
      {"TZ", "Europe/Vienna"},
  };
  EXPECT_EQ(found, expected);
}

TEST_F(Hook, ASettingCannotStandInForAVariableOfTheContract) {
  server.settings = {{"path", "/tmp/evil"}, {"certmgr_phase", "check"}};
  const auto result = run("echo $PATH $CERTMGR_PHASE");
  EXPECT_EQ(result->output, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin reload\n");
}

TEST_F(Hook, NoShellLooksAtItsNameOrItsSettings) {
  std::filesystem::create_directory(dir / "a b;touch x");
  server.hook = dir / "a b;touch x/hook $(id)";
  server.settings = {{"nginx_conf", "$(id); `id` \"'"}};
  const auto result = run("printf '%s' \"$NGINX_CONF\"");
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_EQ(result->output, "$(id); `id` \"'");
}

TEST_F(Hook, OneThatHangsIsStoppedAndItsOutputIsKept) {
  runner = HookProcess(dir.path(), dir / "state", milliseconds(300));
  const auto result = run("echo waiting for the server; sleep 600");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "hook_timeout");
  EXPECT_EQ(result.error().kind, TroubleKind::transient);
  EXPECT_THAT(result.error().why, HasSubstr("300 ms"));
  EXPECT_EQ(result.error().detail, "waiting for the server\n");
}

TEST_F(Hook, OneEndedByASignalIsATroubleThatNamesIt) {
  const auto result = run("echo dying; kill -KILL $$");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "hook_killed");
  EXPECT_THAT(result.error().why, HasSubstr("SIGKILL"));
  EXPECT_EQ(result.error().detail, "dying\n");
}

TEST_F(Hook, OnlyTheEndOfALongOutputIsKept) {
  const auto result = run("head -c 10000000 /dev/zero | tr '\\0' x; echo the end");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output.size(), 64U * 1024);
  EXPECT_THAT(result->output, EndsWith("the end\n"));
}

TEST_F(Hook, OneThatIsGoneOrNotExecutableIsSaidSo) {
  EXPECT_EQ(refused().code, "hook_missing");
  write_script(server.hook, "exit 0");
  ::chmod(server.hook.c_str(), 0644);
  auto trouble = refused();
  EXPECT_EQ(trouble.code, "hook_not_executable");
  EXPECT_THAT(trouble.hint, HasSubstr("chmod +x"));
  std::filesystem::remove(server.hook);
  std::filesystem::create_directory(server.hook);
  EXPECT_EQ(refused().code, "hook_not_executable");
  server.hook = "hooks/relative";
  EXPECT_EQ(refused().code, "hook_not_executable");
}

TEST_F(Hook, ABadInterpreterIsSaidSo) {
  lab::write_file(server.hook, "#!/no/such/shell\n");
  ::chmod(server.hook.c_str(), 0755);
  const auto trouble = refused();
  EXPECT_EQ(trouble.code, "hook_not_started");
  EXPECT_THAT(trouble.why, HasSubstr("interpreter"));
}

TEST_F(Hook, OneThatOthersCanChangeIsNotRun) {
  write_script(server.hook, "exit 0");
  ::chmod(server.hook.c_str(), 0757);
  auto trouble = refused();
  EXPECT_EQ(trouble.code, "hook_unsafe");
  EXPECT_THAT(trouble.hint, HasSubstr("chmod go-w"));
  ::chmod(server.hook.c_str(), 0755);
  ASSERT_TRUE(runner.run(call()));
  ::chmod(dir.path().c_str(), 0777);
  EXPECT_EQ(refused().code, "hook_unsafe") << "the folder lets others put another file there";
  ::chmod(dir.path().c_str(), 01777);
  EXPECT_TRUE(runner.run(call())) << "as in /tmp, only the owner can replace it";
}

TEST_F(Hook, AsRootOneThatBelongsToAnotherUserOrGroupCanWriteToIsNotRun) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  write_script(server.hook, "exit 0");
  ASSERT_EQ(::chown(server.hook.c_str(), 12, 34), 0);
  auto trouble = refused();
  EXPECT_EQ(trouble.code, "hook_unsafe");
  EXPECT_THAT(trouble.hint, HasSubstr("chown root"));
  ASSERT_EQ(::chown(server.hook.c_str(), 0, 34), 0);
  ::chmod(server.hook.c_str(), 0775);
  EXPECT_EQ(refused().code, "hook_unsafe");
  ::chmod(server.hook.c_str(), 0755);
  EXPECT_TRUE(runner.run(call()));
}

TEST_F(Hook, ALinkIsJudgedByWhatItPointsTo) {
  write_script(dir / "real", "exit 0");
  std::filesystem::create_symlink(dir / "real", server.hook);
  EXPECT_TRUE(runner.run(call()));
  ::chmod((dir / "real").c_str(), 0757);
  EXPECT_EQ(refused().code, "hook_unsafe");
}

TEST_F(Hook, TheHookOfTheServersTypeIsUsedWhenNoneIsNamed) {
  server.hook.clear();
  EXPECT_EQ(runner.hook_path(server).value(), "");
  const auto none = runner.run(call());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, "no_hook");

  server.type = "nginx";
  const auto missing = runner.hook_path(server);
  ASSERT_FALSE(missing) << "a reload must not be left out in silence";
  EXPECT_EQ(missing.error().code, "hook_missing");
  write_script(dir / "nginx", "exit 0");
  EXPECT_EQ(runner.hook_path(server).value(), (dir / "nginx").string());
}

}  // namespace
}  // namespace certmgr::deploy::testing
