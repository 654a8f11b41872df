// SPDX-License-Identifier: MIT
// The dnsapi scripts of acme.sh.
#include <cstdlib>

#include "integration/dns_providers/bench.h"

namespace certmgr::dns_providers::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class AcmeSh : public Bench {
 protected:
  AcmeSh() {
    hook("home/acme.sh", kAcmeSh);
    hook("home/dnsapi/dns_lab.sh", kDnsApi);
    settings_.way = AcmeShSettings{path("home"), "dns_lab"};
  }
};

TEST_F(AcmeSh, RunsTheTwoFunctionsAndNotTheClient) {
  const auto one = record("acmesh.example.test");
  ASSERT_TRUE(present({one}));
  EXPECT_THAT(values_at(one.target), UnorderedElementsAre(one.value));
  ASSERT_TRUE(withdraw({one}));
  EXPECT_THAT(calls(),
              ElementsAre("add " + one.target + " " + one.value, "rm " + one.target + " " + one.value));
  EXPECT_FALSE(std::filesystem::exists(dir_ / "home/ran-main"));
}

TEST_F(AcmeSh, UsesTheCredentialsThatAcmeShHasSaved) {
  const std::string rest =
      "LAB_PORT=" + std::to_string(named().port()) + "\nLAB_CALLS=" + path("calls") + "\n";
  settings_.environment_file = write("less", rest, 0600);
  EXPECT_THAT(trouble_of(present({record("saved.example.test")})).detail,
              HasSubstr("You didn't specify LAB_KEY"));
  write("home/account.conf", "SAVED_LAB_KEY='" + named().key_file().string() + "'\n", 0600);
  const auto done = present({record("saved.example.test")});
  EXPECT_TRUE(done) << done.error().detail;
}

TEST_F(AcmeSh, ScriptsOfOnesOwnGoFirst) {
  hook("home/dns_lab.sh", "dns_lab_add() { echo own >>\"$LAB_CALLS\"; }\n");
  ASSERT_TRUE(present({record("own.example.test")}));
  EXPECT_THAT(calls(), ElementsAre("own"));
  EXPECT_THAT(trouble_of(withdraw({record("own.example.test")})).detail,
              HasSubstr("has no function dns_lab_rm"));
}

TEST_F(AcmeSh, SaysWhatIsMissing) {
  settings_.way = AcmeShSettings{path("home"), "dns_nothing"};
  EXPECT_THAT(trouble_of(present({record("gone.example.test")})).why,
              HasSubstr("dnsapi/dns_nothing.sh: No such file"));
  settings_.way = AcmeShSettings{path("elsewhere"), "dns_lab"};
  EXPECT_THAT(trouble_of(present({record("gone.example.test")})).why, HasSubstr("acme.sh: No such file"));
}

/// The real one, where somebody has installed it: a copy of it is used, as it writes into its folder.
TEST_F(AcmeSh, TheInstalledOneRunsItsNsupdateScriptAndKeepsTheCredentials) {
  const char* installed = std::getenv("ACME_SH_HOME");
  if (installed == nullptr) GTEST_SKIP() << "ACME_SH_HOME does not name an installed acme.sh";
  const std::filesystem::path home(installed);
  hook("real/acme.sh", lab::read_file(home / "acme.sh"));
  hook("real/dnsapi/dns_nsupdate.sh", lab::read_file(home / "dnsapi/dns_nsupdate.sh"));
  settings_.way = AcmeShSettings{path("real"), "dns_nsupdate"};
  settings_.environment_file =
      write("nsupdate.env",
            "NSUPDATE_SERVER=127.0.0.1\nNSUPDATE_SERVER_PORT=" + std::to_string(named().port()) +
                "\nNSUPDATE_KEY=" + named().key_file().string() + "\n",
            0600);
  const auto one = record("real.example.test", 'a');
  const auto two = record("real.example.test", 'b');
  const auto done = present({one, two});
  ASSERT_TRUE(done) << done.error().message() << "\n" << done.error().detail;
  EXPECT_THAT(values_at(one.target), UnorderedElementsAre(one.value, two.value));
  settings_.environment_file.clear();
  const auto gone = withdraw({one, two});
  EXPECT_TRUE(gone) << gone.error().message() << "\n" << gone.error().detail;
  EXPECT_THAT(values_at(one.target), ::testing::IsEmpty());
}

TEST_F(AcmeSh, ScriptsThatOthersCouldChangeAreNotRun) {
  std::filesystem::permissions(dir_ / "home/dnsapi/dns_lab.sh", std::filesystem::perms(0757));
  EXPECT_EQ(trouble_of(present({record("open.example.test")})).code, "dns_hook_unsafe");
}

}  // namespace
}  // namespace certmgr::dns_providers::testing
