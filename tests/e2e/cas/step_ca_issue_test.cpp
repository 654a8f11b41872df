// SPDX-License-Identifier: MIT
// The ordinary way of a certificate at step-ca, and what it makes of wishes that it does not grant.
#include "requests.h"
#include "step_ca_world.h"

namespace certmgr::e2e {
namespace {

using ::testing::HasSubstr;

TEST_F(WithStepCa, IssuesForNamesAndAddressesAndRevokes) {
  run({"issue", "pbx.test", "127.0.0.1", "--challenge", "http-01"}, 0);
  run({"issue", "*.sip.test", "sip.test", "--challenge", "dns-01", "--label", "sip"}, 0);
  run({"revoke", "pbx.test", "--yes"}, 0);
  run({"revoke", "sip", "--sign-with", "certificate", "--yes"}, 0);
  for (const char* label : {"pbx.test", "sip"})
    EXPECT_EQ(run_json({"show", label})["certificate"]["state"], "revoked");
  run({"renew", "sip"}, 0);
  EXPECT_EQ(run_json({"show", "sip"})["certificate"]["state"], "issued");
}

TEST_F(WithStepCa, ACertificateCostsSixRequestsAndTheDirectory) {
  run({"account", "register"}, 0);
  EXPECT_EQ(requests(run({"-v", "issue", "pbx.test"}, 0)), 7);
  EXPECT_EQ(requests(run({"-v", "renew", "--force", "pbx.test"}, 0)), 7);
}

TEST_F(WithStepCa, HasNoProfileAndIsNotAskedWhereOneIsRequired) {
  run({"account", "register"}, 0);
  const auto refused = run({"-v", "issue", "pbx.test", "--profile", "organization"}, 1);
  EXPECT_THAT(refused.errors, HasSubstr("has no profile 'organization'; it offers none"));
  EXPECT_EQ(requests(refused, "POST "), 0);
  const auto without = run({"issue", "pbx.test", "--preferred-profile", "organization"}, 0);
  EXPECT_THAT(without.errors, HasSubstr("does not offer the preferred profile 'organization'"));
}

TEST_F(WithStepCa, GrantsALifeUpToItsLimitAndAnswersWhatIsAboveWithAnErrorOfItsOwn) {
  run({"issue", "short.test", "--not-after", "1h"}, 0);
  // It takes the order and has the name proven, and then finalize is answered 500, however often.
  const auto waiting = run({"issue", "long.test", "--not-after", "300d", "--timeout", "5"}, 4);
  EXPECT_THAT(waiting.errors, HasSubstr("does not take the certificate request"));
  EXPECT_THAT(waiting.errors, HasSubstr("try without --not-before and --not-after"));
  EXPECT_THAT(run({"show", "long.test"}, 0).output, HasSubstr("internal error (serverInternal)"));
}

}  // namespace
}  // namespace certmgr::e2e
