// SPDX-License-Identifier: MIT
// The units under a real systemd, with their real sandbox: what a person does who installs the package.
#include "machine.h"

#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "lab/authority.h"
#include "lab/pebble.h"
#include "lab/ports.h"
#include "lab/tls_client.h"

namespace certmgr::e2e {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using lab::wait_until;

const fs::path kSource = CERTMGR_TEST_SOURCE_DIR;

class AMachine : public ::testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "skip: a sanitizer's library does not work in the services' sandbox";
#endif
    install();
    configure();
    std::string why_not;
    if (!machine_.boot(why_not)) {
      ASSERT_TRUE(why_not.starts_with("skip: ")) << why_not;
      GTEST_SKIP() << why_not;
    }
    succeed({"systemd-sysusers", "/usr/lib/sysusers.d/certmgr.conf"});
    succeed({"systemd-tmpfiles", "--create", "/usr/lib/tmpfiles.d/certmgr.conf"});
  }

  /// What the package brings.
  void install() const {
    machine_.copy(CERTMGR_TEST_PROGRAM, "/usr/bin/certmgr");
    machine_.copy(kSource / "hooks", "/usr/libexec/certmgr/hooks");
    for (const auto& unit : fs::directory_iterator(kSource / "systemd"))
      if (unit.is_regular_file())
        machine_.copy(unit.path(), fs::path("/etc/systemd/system") / unit.path().filename());
    machine_.copy(kSource / "systemd/sysusers.d/certmgr.conf", "/usr/lib/sysusers.d/certmgr.conf");
    machine_.copy(kSource / "systemd/tmpfiles.d/certmgr.conf", "/usr/lib/tmpfiles.d/certmgr.conf");
  }

  /// What the administrator writes; the ports of the proofs and of nginx are ours, and the watchdog is
  /// faster.
  void configure() const {
    const std::string proofs = "127.0.0.1:" + std::to_string(pebble_.http_port());
    machine_.put("/etc/certmgr/ca.pem", lab::read_file(pebble_.ca_file()));
    machine_.put("/etc/certmgr/certmgr.toml",
                 "[store]\npath = \"/var/lib/certmgr/certmgr.db\"\n"
                 "[keys]\nencryption = \"file:/etc/certmgr/store.key\"\n"
                 "[deploy]\nseal = \"file:/etc/certmgr/deploy.key\"\n"
                 "[defaults]\nca = \"test\"\nemail = \"admin@example.com\"\nagree_tos = true\n"
                 "[ca.test]\ndirectory = \"" +
                     pebble_.directory_url() +
                     "\"\nca_bundle = \"/etc/certmgr/ca.pem\"\n"
                     "[challenge.http-01]\nlisten = \"" +
                     proofs + "\"\n[preflight]\ndns = false\n");
    machine_.put("/etc/systemd/system/certmgr-http.socket.d/lab.conf",
                 "[Socket]\nListenStream=\nListenStream=" + proofs + "\n");
    machine_.put("/etc/systemd/system/certmgr.service.d/lab.conf",
                 "[Unit]\nWants=\nWants=certmgr-deploy.service\n"
                 "[Service]\nWatchdogSec=4\nTimeoutAbortSec=1\nRestartSec=1\n");
    const lab::TempDir pair;
    lab::write_pair(lab::self_signed({"placeholder.example.com"}), pair / "fullchain.pem", pair / "key.pem");
    for (const char* file : {"fullchain.pem", "key.pem"})
      machine_.put(fs::path("/etc/nginx/tls") / file, lab::read_file(pair / file));
    machine_.put("/etc/nginx/nginx.conf",
                 "user www-data;\npid /run/nginx.pid;\nevents {}\nhttp {\n server {\n  listen 127.0.0.1:" +
                     std::to_string(port_) +
                     " ssl;\n  ssl_certificate /etc/nginx/tls/fullchain.pem;\n"
                     "  ssl_certificate_key /etc/nginx/tls/key.pem;\n }\n}\n");
  }

  Machine::Ran succeed(const std::vector<std::string>& command) {
    auto ran = machine_.run(command);
    EXPECT_EQ(ran.code, 0) << command.front() << ": " << ran.output;
    return ran;
  }
  std::string stored_fingerprint() {
    const auto shown = machine_.run({"certmgr", "show", "www.example.com", "--json"});
    const auto document = nlohmann::json::parse(shown.output, nullptr, false);
    if (!document.is_object() || !document.contains("certificate")) return {};
    const auto& fingerprint = document["certificate"]["fingerprint_sha256"];
    return fingerprint.is_string() ? fingerprint.get<std::string>() : std::string();
  }
  std::string journals() { return machine_.journal("certmgr") + machine_.journal("certmgr-deploy"); }
  bool is_served() {
    const std::string wanted = stored_fingerprint();
    return !wanted.empty() && lab::tls_fingerprint("127.0.0.1", port_) == wanted;
  }

  lab::Pebble pebble_;
  int port_ = lab::free_port();
  Machine machine_;
};

TEST_F(AMachine, IssuesDeploysReloadsNginxAndOutlivesADaemonThatHangs) {
  succeed({"certmgr", "server", "add", "web", "--type", "nginx", "--key", "/etc/nginx/tls/key.pem",
           "--fullchain", "/etc/nginx/tls/fullchain.pem", "--set", "nginx_conf=/etc/nginx/nginx.conf",
           "--verify", "https://127.0.0.1:" + std::to_string(port_)});
  succeed({"systemctl", "start", "nginx.service"});
  const std::string nginx = machine_.property("nginx", "MainPID");
  succeed({"systemctl", "start", "certmgr-http.socket", "certmgr.service", "certmgr-deploy.service"});
  const auto left = machine_.run({"certmgr", "issue", "www.example.com", "--server", "web", "--no-wait"});
  EXPECT_EQ(left.code, 4) << left.output;
  EXPECT_TRUE(wait_until([&] { return is_served(); }, 60s)) << journals();
  EXPECT_EQ(machine_.property("nginx", "MainPID"), nginx) << "it was reloaded, not restarted";
  EXPECT_EQ(machine_.property("certmgr", "User"), "certmgr");

  // One that hangs does not feed the watchdog: systemd kills it and starts another.
  const std::string before = machine_.property("certmgr", "MainPID");
  succeed({"systemctl", "kill", "--kill-whom=main", "--signal=STOP", "certmgr.service"});
  EXPECT_TRUE(wait_until(
      [&] {
        return machine_.property("certmgr", "NRestarts") == "1" &&
               machine_.property("certmgr", "ActiveState") == "active";
      },
      60s))
      << machine_.run({"systemctl", "status", "--no-pager", "certmgr"}).output << journals();
  EXPECT_NE(machine_.property("certmgr", "MainPID"), before);
  EXPECT_NE(machine_.journal("certmgr").find("Watchdog timeout"), std::string::npos) << journals();
  const auto status = machine_.run({"certmgr", "status", "--check"});
  EXPECT_EQ(status.code, 0) << status.output;
  EXPECT_EQ(machine_.property("certmgr-deploy", "NRestarts"), "0");
}

}  // namespace
}  // namespace certmgr::e2e
