// SPDX-License-Identifier: MIT
// Control of names, proven before anything is ordered and given back afterwards.
#include <gmock/gmock.h>

#include "e2e/world/world.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace resources = lab::strict::resources;

lab::strict::StrictCaOptions offering() {
  lab::strict::StrictCaOptions options;
  options.new_authz = true;
  return options;
}

class Authorize : public ::testing::Test {
 protected:
  ~Authorize() override { EXPECT_THAT(ca_.violations(), IsEmpty()); }
  [[nodiscard]] json run_json(Arguments arguments, int code = 0) const {
    arguments.emplace_back("--json");
    const auto outcome = certmgr_.run(arguments);
    EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors;
    return outcome.json();
  }

  lab::StrictCa ca_{offering()};
  lab::Certmgr certmgr_{CERTMGR_TEST_PROGRAM, lab::config_for(ca_)};
};

TEST_F(Authorize, ProvesANameOnceAndOrdersNeedNoFurtherProof) {
  const auto proven = run_json({"authorize", "A.example.com"})["authorizations"];
  ASSERT_THAT(proven, SizeIs(1));
  EXPECT_EQ(proven[0]["name"], "a.example.com");
  EXPECT_EQ(proven[0]["state"], "valid");
  EXPECT_TRUE(proven[0]["expires"].is_string());
  EXPECT_EQ(run_json({"authorize", "a.example.com"})["authorizations"][0]["url"], proven[0]["url"]);
  EXPECT_EQ(ca_.count(resources::kNewAuthz), 1) << "what is valid is not proven again";
  EXPECT_EQ(ca_.count(resources::kChallenge), 1);
  static_cast<void>(run_json({"issue", "a.example.com"}));
  EXPECT_EQ(ca_.count(resources::kChallenge), 1) << "the order was ready at once";
}

TEST_F(Authorize, OfADomainHoldsForTheNamesBelow) {
  EXPECT_EQ(run_json({"authorize", "example.com", "--subdomains"})["authorizations"][0]["subdomains"], true);
  static_cast<void>(run_json({"issue", "a.example.com", "b.c.example.com"}));
  EXPECT_EQ(ca_.count(resources::kChallenge), 1);
}

TEST_F(Authorize, ACertificateMayOfferADomainAboveItsNames) {
  const Arguments issue{"issue", "a.example.com", "b.c.example.com"};
  auto offering = issue;
  offering.insert(offering.end(), {"--ancestor-domain", "Example.com"});
  static_cast<void>(run_json(offering));
  EXPECT_EQ(ca_.count(resources::kChallenge), 1) << "the CA took the domain for both names";
  EXPECT_EQ(run_json({"show", "a.example.com"})["certificate"]["ancestor_domain"], "example.com");
  static_cast<void>(run_json({"renew", "--force", "a.example.com"}));
  EXPECT_EQ(ca_.count(resources::kChallenge), 1) << "what is valid for subdomains is not proven again";
  auto back = issue;
  back.insert(back.end(), {"--ancestor-domain", ""});
  static_cast<void>(run_json(back));
  EXPECT_EQ(run_json({"show", "a.example.com"})["certificate"]["ancestor_domain"], nullptr);
}

TEST_F(Authorize, ADomainThatIsNotAboveTheNamesAnyMoreIsGivenUp) {
  static_cast<void>(run_json({"issue", "a.example.com", "--ancestor-domain", "example.com"}));
  static_cast<void>(run_json({"issue", "b.example.com", "--label", "a.example.com"}));
  EXPECT_EQ(run_json({"show", "a.example.com"})["certificate"]["ancestor_domain"], "example.com");
  static_cast<void>(run_json({"issue", "x.example.net", "--label", "a.example.com"}));
  EXPECT_EQ(run_json({"show", "a.example.com"})["certificate"]["ancestor_domain"], nullptr);
}

TEST_F(Authorize, ADomainThatIsAboveNoneOfTheNamesIsRefused) {
  for (const char* domain : {"example.org", "a.example.com", "192.0.2.1", "*.example.com"})
    EXPECT_EQ(run_json({"issue", "a.example.com", "--ancestor-domain", domain}, 2)["error"]["code"],
              "bad_ancestor_domain")
        << domain;
  EXPECT_EQ(ca_.count(resources::kNewOrder), 0);
}

TEST_F(Authorize, ThatFailsSaysWhyAndBeginsAnew) {
  ca_.change([](auto& behaviour) {
    behaviour.failing_identifiers["a.example.com"] = {
        .type = "unauthorized", .status = 403, .detail = "nothing is there"};
  });
  const auto error = run_json({"authorize", "a.example.com"}, 1)["error"];
  EXPECT_EQ(error["code"], "authorization_failed");
  EXPECT_THAT(error["message"], HasSubstr("nothing is there"));
  ca_.change([](auto& behaviour) { behaviour.failing_identifiers.clear(); });
  EXPECT_EQ(run_json({"authorize", "a.example.com"})["authorizations"][0]["state"], "valid");
  EXPECT_EQ(ca_.count(resources::kNewAuthz), 2);
}

TEST_F(Authorize, ThatWasCutOffGoesOnWithTheSameAuthorization) {
  ca_.refuse(resources::kChallenge, {.type = "serverInternal", .status = 500, .detail = "not now"});
  static_cast<void>(run_json({"authorize", "a.example.com"}, 1));
  EXPECT_EQ(run_json({"authorize", "a.example.com"})["authorizations"][0]["state"], "valid");
  EXPECT_EQ(ca_.count(resources::kNewAuthz), 1);
}

TEST_F(Authorize, IsGivenBack) {
  static_cast<void>(run_json({"authorize", "a.example.com"}));
  static_cast<void>(run_json({"issue", "b.example.com"}));
  const auto back = run_json({"deauthorize", "a.example.com", "b.example.com", "c.example.com"})["names"];
  EXPECT_THAT(back[0]["deactivated"], SizeIs(1)) << "proven in advance";
  EXPECT_THAT(back[1]["deactivated"], SizeIs(1)) << "proven by an order";
  EXPECT_THAT(back[2]["deactivated"], IsEmpty());
  static_cast<void>(run_json({"issue", "a.example.com"}));
  EXPECT_EQ(ca_.count(resources::kChallenge), 3) << "it had to be proven again";
  EXPECT_EQ(run_json({"db", "check"})["ok"], true);
}

TEST_F(Authorize, RefusesWhatCannotBeProvenInAdvance) {
  const auto error = run_json({"authorize", "*.example.com"}, 2)["error"];
  EXPECT_EQ(error["code"], "bad_name");
  EXPECT_THAT(error["hint"], HasSubstr("--subdomains"));
  EXPECT_EQ(run_json({"authorize", "a.example.com", "--challenge", "magic"}, 2)["error"]["code"],
            "unknown_challenge");
  EXPECT_EQ(ca_.count(resources::kNewAuthz), 0);
}

TEST(AuthorizeElsewhere, IsNotOfferedByEveryCa) {
  World world;
  const auto error = world.run_json({"authorize", "a.example.com"}, 1)["error"];
  EXPECT_EQ(error["code"], "not_offered");
  EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("newAuthz"));
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  EXPECT_THAT(world.run_json({"deauthorize", "a.example.com"})["names"][0]["deactivated"], SizeIs(1));
}

TEST_F(Authorize, ToleratesWhatNobodyHasHeardOf) {
  ca_.change([](auto& behaviour) {
    behaviour.unknown_members = true;
    behaviour.challenges = {"quantum-entanglement-01", "http-01", "vendor-email-01"};
  });
  static_cast<void>(run_json({"issue", "a.example.com"}));
  EXPECT_EQ(run_json({"authorize", "b.example.com"})["authorizations"][0]["state"], "valid");
}

TEST(AuthorizeElsewhere, ADomainAboveIsNotOfferedToACaThatDoesNotAskForIt) {
  const lab::StrictCa ca;
  const lab::Certmgr certmgr(CERTMGR_TEST_PROGRAM, lab::config_for(ca));
  const auto issued =
      certmgr.run({"issue", "a.example.com", "b.example.com", "--ancestor-domain", "example.com"});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_THAT(issued.errors, HasSubstr("each name is proven itself"));
  EXPECT_EQ(ca.count(resources::kChallenge), 2);
  EXPECT_THAT(ca.violations(), IsEmpty());
}

}  // namespace
}  // namespace certmgr::e2e
