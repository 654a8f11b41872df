// SPDX-License-Identifier: MIT
// An enrollment under the units that the package installs: asked for by root, approved at the door of the
// network half by somebody who can read no file of certmgr's, vetted by the CA, put in place by the other
// half.
#include "e2e/world/acme_record.h"
#include "installed.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::e2e {
namespace {

using namespace std::chrono_literals;
using lab::wait_until;

constexpr const char* kMacKey = "c2VjcmV0LW9mLXRoZS1leHRlcm5hbC1hY2NvdW50LTA";
constexpr const char* kName = "pbx.example.com";
constexpr const char* kApprover = "games";

lab::strict::StrictCaOptions options() {
  lab::strict::Organization organization;
  organization.name = "Acme Telefonie GmbH";
  organization.state = "Berlin";
  lab::strict::StrictCaOptions options;
  options.external_accounts["kid-ov"] = {kMacKey, lab::strict::Level::ov, organization};
  return options;
}

class EnrolledMachine : public Installed {
 protected:
  void SetUp() override {
    Installed::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    succeed({"install", "-o", "certmgr", "-m", "0600", "/etc/certmgr/eab", "/etc/certmgr/eab.key"});
    start_nginx();
    std::vector<std::string> add = add_acme();
    add.insert(add.begin(), "certmgr");
    succeed(add);
    succeed({"certmgr", "org", "submit", "acme", "--ca", "vetted", "--level", "ov"});
    succeed({"certmgr", "org", "acknowledge", "acme", "--ca", "vetted"});
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    char today[16];
    std::tm day{};
    std::strftime(today, sizeof today, "%F", gmtime_r(&now, &day));
    succeed({"certmgr", "org", "validated", "acme", "--ca", "vetted", "--collected-at", today});
  }
  CaEntry ca() override {
    machine_.put("/etc/certmgr/eab", kMacKey);
    return {ca_.ca_file(), ca_.http_port(),
            "[defaults]\nca = \"vetted\"\nemail = \"admin@example.com\"\nagree_tos = true\n"
            "[ca.vetted]\ndirectory = \"" +
                ca_.directory_url() +
                "\"\nca_bundle = \"/etc/certmgr/ca.pem\"\neab_kid = \"kid-ov\"\n"
                "eab_hmac_file = \"/etc/certmgr/eab.key\"\nlevels = [\"ov\"]\n"
                "[web]\nsocket = \"/run/certmgr/desk.sock\"\n"
                "[roles]\nadmin = [\"root\"]\nrequester = [\"root\"]\napprover = [\"" +
                kApprover + "\"]\n"};
  }
  Machine::Ran as_approver(const std::vector<std::string>& arguments) {
    std::vector<std::string> command{"setpriv", "--reuid",        kApprover, "--regid",
                                     kApprover, "--clear-groups", "certmgr", "enrollment"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return machine_.run(command);
  }
  nlohmann::json enrollment() {
    const auto document = ask({"enrollment", "show", "1"});
    return document.contains("enrollment") ? document["enrollment"] : nlohmann::json::object();
  }
  bool reaches(const std::string& state) {
    return wait_until([&] { return enrollment().value("state", "") == state; }, 60s);
  }

  lab::StrictCa ca_{options()};
};

TEST_F(EnrolledMachine, IsApprovedAtTheDoorVettedAndServed) {
  ca_.change([](auto& behaviour) { behaviour.hold_orders = true; });
  start_certmgr();
  const auto asked =
      machine_.run({"certmgr", "issue", kName, "--level", "ov", "--organization", "acme", "--server", "web"});
  EXPECT_EQ(asked.code, 4) << asked.output;
  EXPECT_EQ(enrollment().value("state", ""), "pending_approval");
  const auto by_requester = machine_.run({"certmgr", "enrollment", "approve", "1"});
  EXPECT_EQ(by_requester.code, 2) << by_requester.output;
  const auto approved = as_approver({"approve", "1"});
  EXPECT_EQ(approved.code, 0) << approved.output;

  ASSERT_TRUE(reaches("awaiting_ca")) << enrollment().dump() << journals();
  EXPECT_EQ(machine_.property("certmgr", "NRestarts"), "0");
  succeed({"systemctl", "restart", "certmgr.service"});
  ASSERT_EQ(ca_.held_orders().size(), 1U) << journals();
  ca_.approve(ca_.held_orders().front());
  ASSERT_TRUE(reaches("issued")) << enrollment().dump() << journals();
  EXPECT_TRUE(wait_until([&] { return is_served(kName); }, 60s)) << journals();
  EXPECT_EQ(machine_.property("certmgr", "User"), "certmgr");
  EXPECT_EQ(machine_.property("certmgr", "NRestarts"), "0");
  EXPECT_EQ(machine_.property("certmgr-deploy", "NRestarts"), "0");
  EXPECT_TRUE(ca_.violations().empty()) << ca_.violations().front();
  succeed({"certmgr", "history", "--verify"});
}

}  // namespace
}  // namespace certmgr::e2e
