// SPDX-License-Identifier: MIT
// A second CA where the first gives nothing.
#include <gmock/gmock.h>

#include "lab/certmgr.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::e2e {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace problems = lab::strict::problems;
namespace resources = lab::strict::resources;

constexpr const char* kName = "a.example.com";

/// Two CAs, "test" and "second", that look for proofs at the same place.
struct TwoCas {
  explicit TwoCas(const std::string& extra = {}) : certmgr(CERTMGR_TEST_PROGRAM, config(extra)) {}

  [[nodiscard]] lab::CertmgrConfig config(const std::string& extra) const {
    auto config = lab::config_for(first);
    config.extra = "[ca.second]\ndirectory = \"" + second.directory_url() + "\"\nca_bundle = \"" +
                   second.ca_file().string() + "\"\n" + extra;
    return config;
  }
  [[nodiscard]] json run(std::vector<std::string> arguments, int code = 0) const {
    arguments.emplace_back("--json");
    const auto outcome = certmgr.run(arguments);
    EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors;
    return outcome.json();
  }
  [[nodiscard]] json issue(int code = 0) const {
    return run({"issue", kName, "--fallback-ca", "second"}, code);
  }
  [[nodiscard]] json show() const { return run({"show", kName})["certificate"]; }
  void forbid() {
    first.change([](auto& behaviour) {
      behaviour.refused_identifiers[kName] = {.type = "caa", .status = 403, .detail = "CAA forbids it"};
    });
  }
  void allow() {
    first.change([](auto& behaviour) { behaviour.refused_identifiers.clear(); });
  }

  lab::StrictCa first;
  lab::StrictCa second{{.http_port = first.http_port()}};
  lab::Certmgr certmgr;
};

TEST(Fallback, WhatTheFirstCaRefusesTheSecondIssues) {
  TwoCas world;
  world.forbid();
  ASSERT_EQ(world.issue()["issued"], true);
  const auto shown = world.show();
  EXPECT_EQ(shown["ca"], "test");
  EXPECT_THAT(shown["fallback_cas"], ElementsAre("second"));
  EXPECT_EQ(shown["issued_by_ca"], "second");
  EXPECT_EQ(shown["order"]["ca"], "second");
  EXPECT_EQ(shown["order"]["instead_of"], "test");
  EXPECT_EQ(shown["order"]["failed_cas"][0]["ca"], "test");
  EXPECT_EQ(shown["order"]["failed_cas"][0]["trouble"]["code"], "acme_caa");
  EXPECT_EQ(world.run({"list"})["certificates"][0]["issued_by_ca"], "second");
  const auto history = world.certmgr.run({"history", kName, "--json"}).output;
  EXPECT_THAT(history, HasSubstr("\"instead_of\": \"test\""));
  EXPECT_THAT(world.certmgr.run({"show", kName}).output, HasSubstr("(issued by second)"));

  EXPECT_EQ(world.issue()["changed"], false) << "it is the certificate that was wanted";
  static_cast<void>(world.certmgr.run({"daemon", "--once"}));
  EXPECT_EQ(world.first.count(resources::kNewOrder), 1);
  EXPECT_EQ(world.second.count(resources::kNewOrder), 1);
  EXPECT_THAT(world.first.violations(), IsEmpty());
  EXPECT_THAT(world.second.violations(), IsEmpty());
}

TEST(Fallback, TheNextRenewalAsksTheFirstAgain) {
  TwoCas world;
  world.forbid();
  ASSERT_EQ(world.issue()["issued"], true);
  world.allow();
  ASSERT_EQ(world.run({"renew", "--force", kName})["issued"], true);
  EXPECT_EQ(world.show()["issued_by_ca"], "test");
}

TEST(Fallback, ComesFromTheConfigurationWhereTheCertificateIsSilent) {
  TwoCas world;
  std::string text = lab::read_file(world.certmgr.config_file());
  text.insert(text.find("agree_tos"), "fallback_cas = [\"test\", \"second\"]\n");
  lab::write_file(world.certmgr.config_file(), text);
  world.forbid();
  ASSERT_EQ(world.run({"issue", kName})["issued"], true);
  EXPECT_EQ(world.show()["issued_by_ca"], "second");
  static_cast<void>(world.run({"issue", kName, "--fallback-ca", "none"}));
  EXPECT_THAT(world.show()["fallback_cas"], IsEmpty());
  EXPECT_EQ(world.run({"renew", "--force", kName}, 1)["error"]["code"], "acme_caa");
}

TEST(Fallback, ACaThatIsDownGivesItsPlace) {
  TwoCas world;
  auto config = world.config("");
  config.directory_url = "https://127.0.0.1:1/directory";
  world.certmgr.write_config(config);
  ASSERT_EQ(world.issue()["issued"], true);
  EXPECT_EQ(world.show()["issued_by_ca"], "second");
  EXPECT_EQ(world.show()["order"]["failed_cas"][0]["trouble"]["code"], "ca_unreachable");
}

TEST(Fallback, ALimitOfTheCaIsWaitedForWhileThereIsTime) {
  TwoCas world;
  ASSERT_EQ(world.issue()["issued"], true);
  world.first.refuse(resources::kNewOrder, problems::rate_limited("3600"));
  EXPECT_EQ(world.run({"renew", "--force", kName}, 4)["error"]["code"], "waiting");
  EXPECT_EQ(world.second.count(resources::kNewOrder), 0);
}

TEST(Fallback, ALimitOfTheCaIsNotWaitedForWithoutACertificate) {
  TwoCas world;
  world.first.refuse(resources::kNewOrder, problems::rate_limited("3600"));
  ASSERT_EQ(world.issue()["issued"], true);
  EXPECT_EQ(world.show()["issued_by_ca"], "second");
}

TEST(Fallback, AKnownLimitThatLastsLongIsNotEvenAskedFor) {
  TwoCas world("[ca.test.limits]\ncertificates_per_set = \"1/7d\"\n");
  ASSERT_EQ(world.issue()["issued"], true);
  ASSERT_EQ(world.run({"renew", "--force", kName})["issued"], true);
  EXPECT_EQ(world.show()["issued_by_ca"], "second");
  EXPECT_EQ(world.first.count(resources::kNewOrder), 1);
}

TEST(Fallback, WhatOneCannotVerifyTheOtherMay) {
  TwoCas world;
  world.first.change([](auto& behaviour) { behaviour.failing_identifiers[kName] = {.type = "connection"}; });
  ASSERT_EQ(world.issue()["issued"], true);
  EXPECT_EQ(world.show()["issued_by_ca"], "second");
}

TEST(Fallback, TheDaemonDoesTheSame) {
  TwoCas world;
  world.forbid();
  static_cast<void>(world.run({"issue", kName, "--fallback-ca", "second", "--no-wait"}, 4));
  static_cast<void>(world.certmgr.run({"daemon", "--once"}));
  EXPECT_EQ(world.show()["issued_by_ca"], "second");
}

TEST(Fallback, WhenAllRefuseTheLastOneIsTold) {
  TwoCas world;
  world.forbid();
  world.second.change([](auto& behaviour) {
    behaviour.refused_identifiers[kName] = {.type = "rejectedIdentifier", .status = 403, .detail = "no"};
  });
  EXPECT_EQ(world.issue(1)["error"]["code"], "acme_rejectedIdentifier");
  EXPECT_EQ(world.first.count(resources::kNewOrder), 1);
  EXPECT_EQ(world.second.count(resources::kNewOrder), 1);
}

TEST(Fallback, AnUnknownOneIsRefusedBeforeAnythingIsAsked) {
  TwoCas world;
  const auto refused = world.run({"issue", kName, "--fallback-ca", "secnod"}, 2);
  EXPECT_EQ(refused["error"]["code"], "unknown_ca");
  EXPECT_THAT(refused["error"]["hint"], HasSubstr("second"));
  EXPECT_EQ(world.first.count(resources::kNewOrder), 0);
}

}  // namespace
}  // namespace certmgr::e2e
