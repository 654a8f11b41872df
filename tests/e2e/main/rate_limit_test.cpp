// SPDX-License-Identifier: MIT
// Orders are kept within the rate limits of the CA.
#include <gmock/gmock.h>

#include "lab/certmgr.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::e2e {
namespace {

using namespace std::chrono_literals;
using lab::wait_until;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
namespace problems = lab::strict::problems;
namespace resources = lab::strict::resources;

constexpr const char* kName = "a.example.com";

/// The CA, and certmgr that knows these limits of it.
struct LimitedWorld {
  explicit LimitedWorld(const std::string& limits) : certmgr(CERTMGR_TEST_PROGRAM, config(limits)) {}

  [[nodiscard]] lab::CertmgrConfig config(const std::string& limits) const {
    auto config = lab::config_for(ca);
    config.extra = "[ca.test.limits]\n" + limits;
    return config;
  }
  [[nodiscard]] json run(std::vector<std::string> arguments, int code = 0) const {
    arguments.emplace_back("--json");
    const auto outcome = certmgr.run(arguments);
    EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors;
    return outcome.json();
  }
  [[nodiscard]] json limits() const { return run({"limits", "test"})["cas"][0]["limits"]; }
  [[nodiscard]] int orders() const { return ca.count(resources::kNewOrder); }

  lab::StrictCa ca;
  lab::Certmgr certmgr;
};

TEST(RateLimit, AnOrderWithoutRoomWaitsAndSaysUntilWhen) {
  LimitedWorld world("certificates_per_set = \"1/7d\"\n");
  ASSERT_EQ(world.run({"issue", kName})["issued"], true);
  const auto waiting = world.run({"renew", "--force", kName}, 4);
  EXPECT_EQ(waiting["error"]["code"], "waiting");
  EXPECT_TRUE(waiting["error"]["retry_at"].is_string());
  EXPECT_THAT(waiting["error"]["message"], HasSubstr("certificates for exactly these names (1 in 7 d)"));
  EXPECT_EQ(waiting["order"]["state"], "approved");
  EXPECT_EQ(waiting["order"]["next_at"], waiting["error"]["retry_at"]);
  const auto limit = world.limits()[0];
  EXPECT_EQ(limit["kind"], "certificates_per_set");
  EXPECT_EQ(limit["subject"], kName);
  EXPECT_EQ(limit["used"], 1);
  EXPECT_EQ(limit["room_at"], waiting["error"]["retry_at"]);
  static_cast<void>(world.run({"renew", "--force", kName}, 4));
  EXPECT_EQ(world.orders(), 1) << "the CA is not asked";
  EXPECT_THAT(world.ca.violations(), IsEmpty());
}

TEST(RateLimit, TheDaemonGoesOnWhenThereIsRoom) {
  LimitedWorld world("orders = \"1/5s\"\n");
  ASSERT_EQ(world.run({"issue", kName})["issued"], true);
  static_cast<void>(world.run({"renew", "--force", kName, "--timeout", "1"}, 4));
  EXPECT_EQ(world.orders(), 1);
  auto daemon = world.certmgr.start({"daemon"});
  const auto renewed = [&] { return world.run({"show", kName})["certificate"]["versions"].size() == 2; };
  EXPECT_TRUE(wait_until(renewed, 30s)) << daemon.errors();
  EXPECT_EQ(world.orders(), 2);
}

TEST(RateLimit, AFailedOrderGivesItsCertificateBackAndFailuresAreCapped) {
  LimitedWorld world("certificates_per_domain = \"1/7d\"\nfailed_authorizations = \"2/1h\"\n");
  world.ca.change([](auto& behaviour) { behaviour.failing_identifiers[kName] = {.type = "connection"}; });
  static_cast<void>(world.run({"issue", kName}, 1));
  static_cast<void>(world.run({"issue", kName}, 1));
  const auto capped = world.run({"issue", kName}, 4);
  EXPECT_THAT(capped["error"]["message"], HasSubstr("failed authorizations of a.example.com (2 in 1 h)"));
  EXPECT_EQ(world.orders(), 2);
  world.ca.change([](auto& behaviour) { behaviour.failing_identifiers.clear(); });
  EXPECT_EQ(world.run({"issue", "b.example.com"})["issued"], true) << "there is room for the domain";
  static_cast<void>(world.run({"issue", "c.example.com"}, 4));
}

TEST(RateLimit, WhatTheCaItselfSaysIsLearned) {
  LimitedWorld world("certificates_per_set = \"5/7d\"\n");
  world.ca.refuse(resources::kNewOrder, problems::rate_limited("3600"));
  static_cast<void>(world.run({"issue", kName}, 4));
  const auto limit = world.limits()[0];
  EXPECT_EQ(limit["used"], 5);
  EXPECT_TRUE(limit["room_at"].is_string());
}

TEST(RateLimit, APausedAccountIsToldHowToGoOnAndIsNotHammered) {
  LimitedWorld world("");
  const std::string page = "https://sfe.example/unpause?jwt=abc.def";
  world.ca.refuse(resources::kNewOrder, problems::paused(page), 100);
  const auto paused = world.run({"issue", kName}, 1);
  EXPECT_EQ(paused["error"]["code"], "ca_paused");
  EXPECT_THAT(paused["error"]["hint"], HasSubstr(page));
  EXPECT_EQ(world.orders(), 1);
  static_cast<void>(world.certmgr.run({"daemon", "--once"}));
  EXPECT_EQ(world.orders(), 1) << "only a person ends it";
  EXPECT_THAT(world.run({"status"})["troubled"][0]["trouble"]["hint"], HasSubstr(page));
}

TEST(RateLimit, LetsEncryptsLimitsAreBuiltIn) {
  LimitedWorld world("");
  const auto limits = world.run({"limits", "letsencrypt"})["cas"][0];
  EXPECT_EQ(limits["renewals_exempt"], true);
  EXPECT_EQ(limits["limits"].size(), 6U);
  EXPECT_EQ(limits["limits"][0]["kind"], "orders");
  EXPECT_EQ(limits["limits"][0]["most"], 300);
  EXPECT_EQ(limits["limits"][0]["seconds"], 3 * 3600);
  EXPECT_THAT(world.limits(), IsEmpty()) << "of another CA nothing is known";
  EXPECT_EQ(world.certmgr.run({"limits", "letsencript"}).exit_code, 2);
}

TEST(RateLimit, TwoNamesOfOneCaAndAccountCountTogether) {
  LimitedWorld world("certificates_per_set = \"1/7d\"\n");
  auto config = world.config("certificates_per_set = \"1/7d\"\n");
  config.extra += "[ca.again]\ndirectory = \"" + world.ca.directory_url() + "\"\nca_bundle = \"" +
                  world.ca.ca_file().string() + "\"\n[ca.again.limits]\ncertificates_per_set = \"1/7d\"\n";
  world.certmgr.write_config(config);
  ASSERT_EQ(world.run({"issue", kName})["issued"], true);
  const auto waiting = world.run({"issue", kName, "--label", "second", "--ca", "again"}, 4);
  EXPECT_THAT(waiting["error"]["message"], HasSubstr("certificates for exactly these names"));
  EXPECT_EQ(world.orders(), 1);
  EXPECT_EQ(world.run({"limits", "again"})["cas"][0]["limits"][0]["used"], 1);
}

}  // namespace
}  // namespace certmgr::e2e
