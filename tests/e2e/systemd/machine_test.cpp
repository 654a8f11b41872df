// SPDX-License-Identifier: MIT
// What a person does who installs the package.
#include <csignal>

#include "installed.h"
#include "lab/pebble.h"

namespace certmgr::e2e {
namespace {

using namespace std::chrono_literals;
using lab::wait_until;

class AMachine : public Installed {
 protected:
  CaEntry ca() override {
    machine_.put("/etc/systemd/system/certmgr.service.d/faster.conf",
                 "[Service]\nWatchdogSec=4\nTimeoutAbortSec=1\nRestartSec=1\n");
    return {pebble_.ca_file(), pebble_.http_port(),
            "[defaults]\nca = \"test\"\nemail = \"admin@example.com\"\nagree_tos = true\n"
            "[ca.test]\ndirectory = \"" +
                pebble_.directory_url() + "\"\nca_bundle = \"/etc/certmgr/ca.pem\"\n"};
  }

  lab::Pebble pebble_;
};

TEST_F(AMachine, IssuesDeploysReloadsNginxAndOutlivesADaemonThatHangs) {
  start_nginx();
  const std::string nginx = machine_.property("nginx", "MainPID");
  start_certmgr();
  const auto left = machine_.run({"certmgr", "issue", "www.example.com", "--server", "web", "--no-wait"});
  EXPECT_EQ(left.code, 4) << left.output;
  EXPECT_TRUE(wait_until([&] { return is_served("www.example.com"); }, 60s)) << journals();
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
