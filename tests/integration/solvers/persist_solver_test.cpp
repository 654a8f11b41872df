// SPDX-License-Identifier: MIT
// A record that stays is looked at, and what is wrong with it is spelled out.
#include "adapters/solvers/persist_solver.h"

#include <gmock/gmock.h>

#include "fake_resolver.h"

namespace certmgr::solvers {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

class StoppedClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return Instant(1'800'000'000s); }
  double jitter() override { return 0; }
};

class PersistSolving : public ::testing::Test {
 protected:
  void publish_by_hand(const std::string& record) {
    resolver_.texts["_validation-persist.pbx.example.com"] = {record};
  }
  Result<Publication> look() { return solver_.publish(proof_, way_); }
  Trouble trouble() {
    const auto seen = look();
    return seen ? Trouble{} : seen.error();
  }

  FakeResolver resolver_;
  StoppedClock clock_;
  PersistSolver solver_{resolver_, clock_};
  ChallengeSettings way_{ChallengeType::dns_persist_01, "", ""};
  Proof proof_{.authorization_url = "https://ca.example/authz/1",
               .challenge_url = "https://ca.example/chall/1",
               .type = ChallengeType::dns_persist_01,
               .identifier = {IdentifierType::dns, "pbx.example.com"},
               .token = "",
               .issuer_names = {"ca.example"},
               .account_uris = {"https://ca.example/hash/of-name", "https://ca.example/hash/of-any"}};
};

TEST_F(PersistSolving, EitherWayToNameTheAccountWillDo) {
  for (const auto& uri : proof_.account_uris) {
    publish_by_hand("ca.example; accounturi=" + uri);
    const auto seen = look();
    ASSERT_TRUE(seen) << seen.error().message();
    EXPECT_THAT(seen->warning, IsEmpty());
  }
}

TEST_F(PersistSolving, WhatIsWrongIsSaidWithTheRecordToPublish) {
  EXPECT_THAT(trouble().why, HasSubstr("there is no record"));
  EXPECT_THAT(trouble().hint, HasSubstr("ca.example; accounturi=https://ca.example/hash/of-name"));
  publish_by_hand("ca.example; accounturi=https://ca.example/hash/of-an-earlier-key");
  EXPECT_THAT(trouble().why, HasSubstr("an earlier key"));
  publish_by_hand("ca.example; accounturi=https://ca.example/hash/of-name; persistUntil=1799999999");
  EXPECT_THAT(trouble().why, HasSubstr("has ended"));
  proof_.wildcard = true;
  publish_by_hand("ca.example; accounturi=https://ca.example/hash/of-name");
  EXPECT_THAT(trouble().why, HasSubstr("not for wildcards"));
}

TEST_F(PersistSolving, ARecordThatEndsSoonWorksAndIsWarnedOf) {
  publish_by_hand("ca.example; accounturi=https://ca.example/hash/of-name; persistUntil=1800086400");
  const auto seen = look();
  ASSERT_TRUE(seen);
  EXPECT_THAT(seen->warning, HasSubstr("ends at 2027-01-16T08:00:00Z"));
}

TEST_F(PersistSolving, ACaThatDoesNotTellHowToNameTheAccountCannotBeServed) {
  proof_.account_uris.clear();
  EXPECT_EQ(trouble().code, "persist_account_unknown");
}

}  // namespace
}  // namespace certmgr::solvers
