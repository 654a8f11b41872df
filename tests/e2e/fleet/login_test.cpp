// SPDX-License-Identifier: MIT
// That tests can act as several persons on one store: who has become root is still who logged in.
#include <gmock/gmock.h>

#include "e2e/fleet/fleet_program.h"

namespace certmgr::e2e {
namespace {

using ::testing::HasSubstr;

class Login : public FleetProgram {
 protected:
  void SetUp() override {
    if (!lab::may_log_in()) GTEST_SKIP() << "needs root, and a kernel that lets it set a login";
  }
  /// What the kernel holds of a command that was run as `user`.
  std::string login_of_command(const std::string& user) {
    auto process = certmgr_.start_as(user, {"org", "list"});
    const auto file = "/proc/" + std::to_string(process.pid()) + "/loginuid";
    const auto ours = lab::read_file("/proc/self/loginuid");
    std::string seen;
    lab::wait_until([&] { return (seen = lab::read_file(file)) != ours; });
    EXPECT_EQ(lab::Certmgr::outcome_of(process).exit_code, 0);
    return seen;
  }
};

TEST_F(Login, SeveralPersonsWorkOnOneStore) {
  const auto added = certmgr_.run_as("www-data", {"org", "add", "acme", "--legal-name", "Acme GmbH",
                                                  "--address-country", "DE", "--address-locality", "Berlin"});
  ASSERT_EQ(added.exit_code, 0) << added.errors;
  EXPECT_THAT(certmgr_.run_as("games", {"org", "list"}).output, HasSubstr("acme"));
}

TEST_F(Login, TheKernelKnowsThem) {
  EXPECT_EQ(login_of_command("www-data"), "33");
  EXPECT_EQ(login_of_command("games"), "5");
  EXPECT_THROW(static_cast<void>(certmgr_.run_as("no-such-person", {"org", "list"})), std::runtime_error);
}

}  // namespace
}  // namespace certmgr::e2e
