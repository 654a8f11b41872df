// SPDX-License-Identifier: MIT
// certmgr against the strict CA: renewal information, profiles, validity and chains.
#include <gmock/gmock.h>

#include "lab/authority.h"
#include "lab/certmgr.h"
#include "lab/strict_ca/strict_ca.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace resources = strict::resources;
using json = nlohmann::json;

strict::StrictCaOptions options() {
  strict::StrictCaOptions options{.alternate_chains = 2, .directory_max_age = std::chrono::hours(1)};
  options.profiles["classic"] = {.description = "90 days"};
  options.profiles["shortlived"] = {.description = "six days", .validity = std::chrono::hours(144)};
  return options;
}

class Extended : public ::testing::Test {
 protected:
  explicit Extended(const strict::StrictCaOptions& of = options()) : ca_(of) {}
  json run(std::vector<std::string> arguments, int expected = 0) {
    arguments.emplace_back("--json");
    const auto outcome = certmgr_.run(arguments);
    EXPECT_EQ(outcome.exit_code, expected) << outcome.output << outcome.errors;
    last_errors_ = outcome.errors;
    return outcome.json();
  }
  json shown() { return run({"show", "pbx.example.com"})["certificate"]; }
  void window(const std::string& start, const std::string& end, const std::string& why = "") {
    ca_.change([&](auto& behaviour) {
      behaviour.window = strict::Window{start, end};
      behaviour.explanation_url = why;
    });
  }
  void TearDown() override { EXPECT_THAT(ca_.violations(), IsEmpty()); }

  StrictCa ca_;
  Certmgr certmgr_{CERTMGR_TEST_PROGRAM, config_for(ca_)};
  std::string last_errors_;
};

TEST_F(Extended, IssuingAsksForNoRenewalInformation) {
  run({"issue", "pbx.example.com"});
  EXPECT_EQ(ca_.count(resources::kRenewalInfo), 0);
  EXPECT_TRUE(shown()["renewal_info"].is_null());
  ca_.forget_requests();
  run({"renew", "pbx.example.com", "--force"});
  EXPECT_EQ(ca_.count(), 7);
  EXPECT_EQ(ca_.count(resources::kRenewalInfo), 0);
}

TEST_F(Extended, TheMomentInTheWindowIsChosenOnceAndShown) {
  run({"issue", "pbx.example.com"});
  const std::string usual = shown()["renew_at"];
  run({"renew", "pbx.example.com"});
  EXPECT_EQ(ca_.count(resources::kRenewalInfo), 1);
  const auto info = shown()["renewal_info"];
  EXPECT_GE(info["renew_at"], info["window_start"]);
  EXPECT_LE(info["renew_at"], info["window_end"]);
  EXPECT_EQ(shown()["renew_at"], info["renew_at"]);
  run({"renew", "pbx.example.com"});
  run({"renew"});
  EXPECT_EQ(ca_.count(resources::kRenewalInfo), 1) << "the CA said six hours";
  EXPECT_EQ(shown()["renewal_info"], info);
  EXPECT_EQ(ca_.count(resources::kFinalize), 1);
}

TEST_F(Extended, AWindowThatHasPassedIsExplained) {
  run({"issue", "pbx.example.com"});
  const std::string first = shown()["serial"];
  window("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", "https://ca.example/incident");
  // Not right after it came: the clock of the CA may be wrong.
  EXPECT_EQ(run({"renew", "pbx.example.com"})["changed"], false);
  EXPECT_EQ(shown()["renewal_info"]["explanation_url"], "https://ca.example/incident");
  EXPECT_EQ(run({"status"})["explained_renewals"][0]["explanation_url"], "https://ca.example/incident");
  EXPECT_THAT(certmgr_.run({"show", "pbx.example.com"}).output, HasSubstr("https://ca.example/incident"));
  EXPECT_THAT(certmgr_.run({"status"}).output, HasSubstr("https://ca.example/incident"));
  const auto events = run({"history", "pbx.example.com"}).dump();
  EXPECT_THAT(events, HasSubstr("renewal.suggested"));
  EXPECT_THAT(events, HasSubstr("https://ca.example/incident"));
}

class Unwilling : public Extended, public ::testing::WithParamInterface<strict::Replaces> {};

TEST_P(Unwilling, TheOrderIsPlacedOnceMoreWithoutWhatItReplaces) {
  run({"issue", "pbx.example.com"});
  ca_.change([](auto& behaviour) { behaviour.replaces = GetParam(); });
  ca_.forget_requests();
  EXPECT_EQ(run({"renew", "pbx.example.com", "--force"})["issued"], true);
  EXPECT_EQ(ca_.count(resources::kNewOrder), GetParam() == strict::Replaces::checked ? 1 : 2);
}
INSTANTIATE_TEST_SUITE_P(Renewal, Unwilling,
                         ::testing::Values(strict::Replaces::checked, strict::Replaces::already_replaced,
                                           strict::Replaces::other_account));

TEST_F(Extended, SaysWhatARenewalReplaces) {
  run({"issue", "pbx.example.com"});
  run({"renew", "pbx.example.com", "--force"});
  run({"renew", "pbx.example.com", "--force"});
  EXPECT_EQ(ca_.replaced(), 2);
}

class WithoutRenewalInfo : public Extended {
 protected:
  static strict::StrictCaOptions plain() {
    auto plain = options();
    plain.renewal_info = false;
    return plain;
  }
  WithoutRenewalInfo() : Extended(plain()) {}
};

TEST_F(WithoutRenewalInfo, NothingIsAskedAndNothingReplaced) {
  run({"issue", "pbx.example.com"});
  run({"renew", "pbx.example.com"});
  run({"renew", "pbx.example.com", "--force"});
  EXPECT_EQ(ca_.replaced(), 0);
  EXPECT_TRUE(shown()["renewal_info"].is_null());
  EXPECT_EQ(run({"ca", "show"})["ca"]["renewal_info"], false);
}

TEST_F(Extended, RenewalInformationThatIsAbsurdIsPassedOver) {
  run({"issue", "pbx.example.com"});
  const std::string usual = shown()["renew_at"];
  window("2030-01-02T00:00:00Z", "2030-01-01T00:00:00Z");
  EXPECT_EQ(run({"renew", "pbx.example.com"})["changed"], false);
  EXPECT_THAT(last_errors_, HasSubstr("does not say when to renew"));
  EXPECT_TRUE(shown()["renewal_info"].is_null());
  EXPECT_EQ(shown()["renew_at"], usual);
}

TEST_F(Extended, TheCasAreListedWithTheirProfiles) {
  const auto list = run({"ca", "list"})["cas"];
  EXPECT_EQ(list.back()["name"], "test");
  EXPECT_EQ(list.back()["default"], true);
  const auto ca = run({"ca", "show", "test"})["ca"];
  EXPECT_EQ(ca["profiles"][0], (json{{"name", "classic"}, {"description", "90 days"}}));
  EXPECT_EQ(ca["profiles"][1]["name"], "shortlived");
  EXPECT_EQ(ca["renewal_info"], true);
  EXPECT_THAT(certmgr_.run({"ca", "show"}).output, HasSubstr("shortlived  six days"));
  EXPECT_THAT(run({"ca", "show", "tets"}, 2)["error"]["hint"].get<std::string>(), HasSubstr("'test'"));
}

TEST_F(Extended, AProfileIsAskedForConfirmedAndKept) {
  const auto report = run({"issue", "pbx.example.com", "--profile", "shortlived"});
  EXPECT_EQ(report["order"]["profile"], "shortlived");
  EXPECT_EQ(shown()["profile"], "shortlived");
  const std::string first = shown()["serial"];
  EXPECT_EQ(run({"issue", "pbx.example.com"})["changed"], false) << "what is not said stays";
  EXPECT_EQ(run({"issue", "pbx.example.com", "--profile", ""})["issued"], true);
  EXPECT_TRUE(shown()["profile"].is_null());
  EXPECT_NE(shown()["serial"], first);
}

TEST_F(Extended, ARequiredProfileThatIsNotOfferedIsRefusedBeforeTheOrder) {
  const auto report = run({"issue", "pbx.example.com", "--profile", "shortlife"}, 1);
  EXPECT_EQ(report["error"]["code"], "profile_not_offered");
  EXPECT_THAT(report["error"]["message"].get<std::string>(), HasSubstr("classic, shortlived"));
  EXPECT_THAT(report["error"]["hint"].get<std::string>(), HasSubstr("'shortlived'"));
  EXPECT_EQ(ca_.count(resources::kNewOrder), 0);
}

TEST_F(Extended, APreferredProfileThatIsNotOfferedIsLeftOutWithAWarning) {
  const auto report = run({"issue", "pbx.example.com", "--preferred-profile", "tlsserver"});
  EXPECT_EQ(report["issued"], true);
  EXPECT_THAT(last_errors_, HasSubstr("does not offer the preferred profile 'tlsserver'"));
}

TEST_F(Extended, AnOrderThatDoesNotConfirmTheProfileIsSaidSo) {
  ca_.change([](auto& behaviour) { behaviour.profile_ignored = true; });
  const auto refused = run({"issue", "pbx.example.com", "--profile", "shortlived"}, 1);
  EXPECT_EQ(refused["error"]["code"], "profile_unconfirmed");
  EXPECT_EQ(ca_.count(resources::kFinalize), 0);
  EXPECT_EQ(run({"issue", "pbx.example.com", "--preferred-profile", "shortlived"})["issued"], true);
  EXPECT_THAT(last_errors_, HasSubstr("does not confirm the profile 'shortlived'"));
}

TEST_F(Extended, AProfileOfTheConfigurationIsForCertificatesOfThatCa) {
  auto config = config_for(ca_);
  config.extra = "[ca.other]\ndirectory = \"" + ca_.directory_url() + "\"\nca_bundle = \"" +
                 ca_.ca_file().string() +
                 "\"\nprofile = \"shortlived\"\npreferred_chain = \"Strict Root 1\"\n";
  certmgr_.write_config(config);
  EXPECT_EQ(run({"issue", "pbx.example.com", "--ca", "other"})["order"]["profile"], "shortlived");
  EXPECT_EQ(shown()["preferred_chain"], "Strict Root 1");
  EXPECT_TRUE(run({"issue", "b.example.com"})["order"]["profile"].is_null());
}

TEST_F(Extended, AValidityIsAskedForAndGot) {
  const auto later =
      run({"issue", "pbx.example.com", "--not-before", "2h", "--not-after", "20d"})["certificate"];
  EXPECT_EQ(later["state"], "issued");
  const auto certificate = run(
      {"issue", "pbx.example.com", "--not-before", "", "--not-after", "2031-01-31T12:00:00Z"})["certificate"];
  EXPECT_EQ(certificate["not_after"], "2031-01-31T12:00:00Z");
  EXPECT_EQ(certificate["renew_at"], "2031-01-31T12:00:00Z") << "a new one would end then, too";
  EXPECT_EQ(run({"issue", "b.example.com", "--not-after", "2020-01-31T12:00:00Z"}, 1)["error"]["code"],
            "validity_over");
  EXPECT_EQ(run({"issue", "b.example.com", "--not-after", "soon"}, 2)["error"]["code"], "bad_validity");
}

TEST_F(Extended, ACaThatTakesNoValidityIsUnderstood) {
  ca_.refuse(resources::kNewOrder,
             {.type = "malformed", .detail = "NotBefore and NotAfter are not supported"});
  const auto report = run({"issue", "pbx.example.com", "--not-after", "20d"}, 1);
  EXPECT_EQ(report["error"]["code"], "validity_refused");
  EXPECT_THAT(report["error"]["hint"].get<std::string>(),
              HasSubstr("leave --not-before and --not-after out"));
}

TEST_F(Extended, ThePreferredChainIsFoundAmongTheAlternatesAndNoMoreIsFetched) {
  const auto fetched = [&](const std::string& root) {
    ca_.forget_requests();
    run({"issue", "pbx.example.com", "--preferred-chain", root});
    return ca_.count(resources::kCertificate);
  };
  EXPECT_EQ(fetched("Strict Root"), 1);
  EXPECT_EQ(fetched("Strict Root 1"), 2);
  EXPECT_EQ(fetched("Strict Root 2"), 3);
  EXPECT_EQ(fetched("DST Root CA X3"), 3);
  EXPECT_THAT(
      last_errors_,
      HasSubstr("gives no chain to 'DST Root CA X3', only to Strict Root, Strict Root 1, Strict Root 2"));
  EXPECT_EQ(shown()["state"], "issued");
  EXPECT_EQ(fetched(""), 1);
}

TEST_F(Extended, ARootIsPreferredByItsFingerprintToo) {
  const auto root = certmgr_.dir() / "root.pem";
  write_file(root, ca_.root_pem(2));
  certmgr_.set_environment("SSL_CERT_FILE", root.string());
  ca_.forget_requests();
  run({"issue", "pbx.example.com", "--preferred-chain", fingerprint_of_pem(ca_.root_pem(2))});
  EXPECT_EQ(ca_.count(resources::kCertificate), 3);
  EXPECT_THAT(last_errors_, ::testing::Not(HasSubstr("gives no chain")));
}

}  // namespace
}  // namespace certmgr::lab
