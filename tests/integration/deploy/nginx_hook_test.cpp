// SPDX-License-Identifier: MIT
// hooks/nginx against a private nginx.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "adapters/deploy/disk_file_placer.h"
#include "adapters/deploy/hook_process.h"
#include "integration/deploy/support.h"
#include "lab/nginx.h"
#include "lab/tls_client.h"

namespace certmgr::deploy::testing {
namespace {

using ::testing::HasSubstr;

class NginxHook : public ::testing::Test {
 protected:
  const lab::Authority authority;
  const lab::Pair first = authority.issue({"pbx.example.com"});
  const lab::Pair second = authority.issue({"pbx.example.com"});
  lab::TempDir dir;
  Server server = server_in(dir.path());
  HookProcess runner{dir.path(), dir.path()};
  std::optional<lab::Nginx> nginx;

  void SetUp() override {
    // A copy: the folder of the sources may belong to somebody whose hooks must not be run.
    std::filesystem::copy_file(std::filesystem::path(CERTMGR_TEST_SOURCE_DIR) / "hooks/nginx", dir / "nginx");
    lab::write_pair(first, server.files.fullchain, server.files.key);
    nginx.emplace(lab::NginxOptions{.fullchain = server.files.fullchain, .key = server.files.key});
    server.type = "nginx";
    server.settings = {{"nginx_bin", nginx->program()}, {"nginx_conf", nginx->config_file()}};
  }
  HookResult run(const std::string& phase) {
    HookCall call;
    call.phase = phase;
    call.server = &server;
    auto result = runner.run(call);
    return result ? *result : HookResult{-1, result.error().message()};
  }
  [[nodiscard]] std::string served() const { return lab::tls_fingerprint("127.0.0.1", nginx->port()); }
};

TEST_F(NginxHook, ReloadMakesNginxServeTheNewCertificate) {
  DiskFilePlacer placer;
  ASSERT_TRUE(placer.place(server, material_of(second)));
  EXPECT_EQ(served(), lab::fingerprint_of_pem(first.certificate_pem)) << "files alone change nothing";
  const auto checked = run("check");
  EXPECT_EQ(checked.exit_code, 0) << checked.output;
  EXPECT_THAT(checked.output, HasSubstr("test is successful"));
  const auto reloaded = run("reload");
  EXPECT_EQ(reloaded.exit_code, 0) << reloaded.output;
  // Every handshake from now on: workers from before the reload have stopped taking connections.
  for (int i = 0; i < 30; ++i) EXPECT_EQ(served(), lab::fingerprint_of_pem(second.certificate_pem));
}

TEST_F(NginxHook, APairThatDoesNotFitFailsTheCheckAndTheReloadWithNginxsOwnWords) {
  lab::write_file(server.files.key, second.key_pem);
  for (const auto* phase : {"check", "reload"}) {
    const auto result = run(phase);
    EXPECT_EQ(result.exit_code, 1) << phase;
    EXPECT_THAT(result.output, HasSubstr("key values mismatch")) << phase;
  }
  EXPECT_EQ(served(), lab::fingerprint_of_pem(first.certificate_pem));
}

TEST_F(NginxHook, ABrokenConfigurationFailsTheCheck) {
  nginx->break_config();
  const auto result = run("check");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("no_such_directive"));
}

TEST_F(NginxHook, OneThatDoesNotRunIsSaidSo) {
  nginx->stop();
  const auto result = run("reload");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("nginx is not running"));
  EXPECT_THAT(result.output, HasSubstr("systemctl start nginx"));
}

TEST_F(NginxHook, AStalePidFileDoesNotLeadTheSignalToAnotherProcess) {
  nginx->stop();
  // Were it believed, this very program would be sent SIGHUP.
  lab::write_file(nginx->config_file().parent_path() / "nginx.pid", std::to_string(::getpid()) + "\n");
  const auto result = run("reload");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("which is not nginx"));
}

TEST_F(NginxHook, AMissingNginxIsSaidSo) {
  server.settings["nginx_bin"] = "/no/such/nginx";
  const auto result = run("check");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("nginx_bin"));
}

TEST_F(NginxHook, DescribesItselfInOneLineAndRefusesOtherPhases) {
  const auto line = run("describe");
  EXPECT_EQ(line.exit_code, 0);
  EXPECT_EQ(std::count(line.output.begin(), line.output.end(), '\n'), 1);
  EXPECT_EQ(run("deploy").exit_code, 64);
}

}  // namespace
}  // namespace certmgr::deploy::testing
