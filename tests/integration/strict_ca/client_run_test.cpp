// SPDX-License-Identifier: MIT
// certmgr itself against the strict CA.
#include <gmock/gmock.h>

#include "lab/certmgr.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::lab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace resources = strict::resources;

std::vector<std::string> kinds_of(const std::vector<strict::Logged>& requests) {
  std::vector<std::string> kinds;
  for (const auto& one : requests) kinds.push_back(one.resource);
  return kinds;
}

TEST(Certmgr, BreaksNoRule) {
  StrictCa ca({.directory_max_age = std::chrono::hours(1)});
  const Certmgr certmgr(CERTMGR_TEST_PROGRAM, config_for(ca));
  const auto first = certmgr.run({"issue", "pbx.example.com", "sip.example.com"});
  EXPECT_EQ(first.exit_code, 0) << first.errors;
  ca.forget_requests();
  const auto second = certmgr.run({"issue", "b.example.com"});
  EXPECT_EQ(second.exit_code, 0) << second.errors;
  // The directory was kept, and so was a nonce; else newNonce would come first.
  EXPECT_THAT(
      kinds_of(ca.requests()),
      ElementsAre(resources::kNewOrder, resources::kAuthorization, resources::kChallenge, resources::kOrder,
                  resources::kFinalize, resources::kOrder, resources::kCertificate));
  EXPECT_THAT(ca.violations(), IsEmpty());
}

TEST(Certmgr, AsksAgainWhereTheCaDoesNotWait) {
  StrictCa ca;
  ca.change([](auto& behaviour) { behaviour.polls_wait = false; });
  const Certmgr certmgr(CERTMGR_TEST_PROGRAM, config_for(ca));
  const auto run = certmgr.run({"issue", "pbx.example.com"});
  EXPECT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_THAT(ca.violations(), IsEmpty());
}

TEST(Certmgr, CopesWithWhatACaMayDo) {
  StrictCa ca;
  ca.change([](auto& behaviour) {
    behaviour.bad_nonce_percent = 30;
    behaviour.unknown_members = true;
    behaviour.pending_polls = 1;
    behaviour.processing_polls = 2;
    behaviour.retry_after_order = "0";
    behaviour.reuse_authorizations = true;
  });
  const Certmgr certmgr(CERTMGR_TEST_PROGRAM, config_for(ca));
  for (const char* label : {"one", "two"}) {
    const auto run = certmgr.run({"issue", "pbx.example.com", "--label", label});
    EXPECT_EQ(run.exit_code, 0) << run.errors;
  }
  EXPECT_THAT(ca.violations(), IsEmpty());
}

}  // namespace
}  // namespace certmgr::lab
