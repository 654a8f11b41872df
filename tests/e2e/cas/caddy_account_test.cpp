// SPDX-License-Identifier: MIT
// What an ACME server that is not ours does with accounts, authorizations and revocations, and what its user
// is told where it does less than RFC 8555 asks.
#include "caddy_world.h"

namespace certmgr::e2e {
namespace {

using ::testing::HasSubstr;

TEST_F(WithCaddy, RevokesForTheAccountAndForTheCertificatesKey) {
  run({"issue", "a.test"}, 0);
  run({"issue", "b.test"}, 0);
  run({"revoke", "a.test", "--yes"}, 0);
  run({"revoke", "b.test", "--sign-with", "certificate", "--yes"}, 0);
  for (const char* label : {"a.test", "b.test"})
    EXPECT_EQ(run_json({"show", label})["certificate"]["state"], "revoked");
  run({"renew", "a.test"}, 0);
  EXPECT_EQ(run_json({"show", "a.test"})["certificate"]["state"], "issued");
}

TEST_F(WithCaddy, ReplacesACertificateWhoseKeyOthersMayHave) {
  const auto first = run_json({"issue", "a.test"})["certificate"]["fingerprint_sha256"];
  run({"revoke", "a.test", "--reason", "keyCompromise", "--yes"}, 0);
  const auto now = run_json({"show", "a.test"})["certificate"];
  EXPECT_EQ(now["state"], "issued");
  EXPECT_NE(now["fingerprint_sha256"], first);
}

TEST_F(WithCaddy, ChangesTheContactsAndEndsTheAccount) {
  run({"account", "register"}, 0);
  const auto changed = run_json({"account", "update", "--email", "new@example.com"})["account"];
  EXPECT_EQ(changed["contacts"], json::array({"mailto:new@example.com"}));
  EXPECT_EQ(run_json({"account", "show"})["account"]["contacts"], changed["contacts"]);
  run({"account", "deactivate", "--yes"}, 0);
  EXPECT_THAT(run({"issue", "a.test", "--json"}).output, HasSubstr("account_deactivated"));
  run({"account", "register"}, 0);
  run({"issue", "a.test"}, 0);
}

TEST_F(WithCaddy, CannotChangeTheKeyAndTheOldOneIsUsedOn) {
  run({"account", "register"}, 0);
  const auto refused = run({"account", "rotate-key"}, 1);
  EXPECT_THAT(refused.errors, HasSubstr("this CA cannot do it"));
  EXPECT_EQ(run_json({"account", "list"})["accounts"][0]["key_change_open"], false);
  run({"issue", "a.test"}, 0);
}

TEST_F(WithCaddy, CannotTakeAnAuthorizationBackAndItsEndIsSaid) {
  run({"issue", "a.test"}, 0);
  const auto refused = run({"deauthorize", "a.test"}, 1);
  EXPECT_THAT(refused.errors, HasSubstr("lets it end by itself: at 20"));
}

TEST_F(WithCaddy, HasNothingThatTheDoctorWouldCallAProblem) {
  run({"issue", "a.test"}, 0);
  const auto looked = run_json({"doctor"});
  for (const auto& finding : looked["findings"]) EXPECT_NE(finding["severity"], "problem") << finding.dump();
}

}  // namespace
}  // namespace certmgr::e2e
