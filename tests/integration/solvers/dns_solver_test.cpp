// SPDX-License-Identifier: MIT
// Where a record is put and removed, and what the provider is told of its end.
#include "adapters/solvers/dns_solver.h"

#include <gmock/gmock.h>

#include "fake_resolver.h"

namespace certmgr::solvers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Puts the values where the resolver sees them, and notes the calls.
class FakeProvider final : public DnsProvider {
 public:
  FakeProvider(FakeResolver& resolver, std::vector<std::string>& calls)
      : resolver_(resolver), calls_(calls) {}
  Result<void> present(std::span<const TxtRecord> records) override {
    for (const auto& record : records) {
      resolver_.texts[record.target] = {record.value};
      calls_.push_back("present " + record.target);
    }
    return {};
  }
  Result<void> withdraw(std::span<const TxtRecord> records, ChallengeOutcome outcome) override {
    for (const auto& record : records) {
      resolver_.texts.erase(record.target);
      calls_.push_back((outcome == ChallengeOutcome::accepted ? "done " : "failed ") + record.target);
    }
    return {};
  }

 private:
  FakeResolver& resolver_;
  std::vector<std::string>& calls_;
};

class DnsSolving : public ::testing::Test {
 protected:
  /// As a process of its own would have it.
  std::unique_ptr<DnsSolver> solver() {
    std::map<std::string, std::unique_ptr<DnsProvider>> providers;
    providers["fake"] = std::make_unique<FakeProvider>(resolver_, calls_);
    return std::make_unique<DnsSolver>(resolver_, std::move(providers), std::chrono::seconds(60));
  }
  Proof located() {
    Proof proof{.authorization_url = "https://ca.example/authz/1",
                .challenge_url = "https://ca.example/chall/1",
                .type = ChallengeType::dns_01,
                .identifier = {IdentifierType::dns, "pbx.example.com"},
                .token = "token",
                .key_authorization = "token.thumbprint"};
    proof.target = solver()->locate(proof, way_).value();
    return proof;
  }

  FakeResolver resolver_;
  std::vector<std::string> calls_;
  ChallengeSettings way_{ChallengeType::dns_01, "", "", "fake"};
};

TEST_F(DnsSolving, ARecordGoesToWhereTheAliasesEnd) {
  EXPECT_EQ(located().target, "_acme-challenge.pbx.example.com");
  resolver_.aliases["_acme-challenge.pbx.example.com"] = "proofs.example.net";
  EXPECT_EQ(located().target, "proofs.example.net");
  const auto published = solver()->publish(located(), way_);
  ASSERT_TRUE(published) << published.error().message();
  EXPECT_THAT(published->missing, IsEmpty());
  EXPECT_THAT(calls_, ElementsAre("present proofs.example.net"));
}

TEST_F(DnsSolving, AnotherProcessRemovesItFromThereThoughTheAliasHasChanged) {
  resolver_.aliases["_acme-challenge.pbx.example.com"] = "proofs.example.net";
  const Proof proof = located();
  ASSERT_TRUE(solver()->publish(proof, way_));
  resolver_.aliases["_acme-challenge.pbx.example.com"] = "elsewhere.example.net";
  ASSERT_TRUE(solver()->withdraw(proof, way_, ChallengeOutcome::accepted));
  EXPECT_THAT(resolver_.texts, IsEmpty());
  EXPECT_THAT(calls_, ElementsAre("present proofs.example.net", "done proofs.example.net"));
}

TEST_F(DnsSolving, AProofOfAnOlderProgramIsRemovedFromWhereTheAliasesEndNow) {
  Proof proof = located();
  proof.target.clear();
  resolver_.aliases["_acme-challenge.pbx.example.com"] = "elsewhere.example.net";
  ASSERT_TRUE(solver()->withdraw(proof, way_, ChallengeOutcome::accepted));
  EXPECT_THAT(calls_, ElementsAre("done elsewhere.example.net"));
}

TEST_F(DnsSolving, TheProviderIsToldHowTheChallengeEnded) {
  const Proof proof = located();
  const auto one = solver();
  ASSERT_TRUE(one->publish(proof, way_));
  ASSERT_TRUE(one->withdraw(proof, way_, ChallengeOutcome::failed));
  EXPECT_EQ(calls_.back(), "failed _acme-challenge.pbx.example.com");
}

TEST_F(DnsSolving, AStoredTargetThatIsNoNameIsNotGivenToAnybody) {
  Proof proof = located();
  proof.target = "; rm -rf /";
  EXPECT_FALSE(solver()->publish(proof, way_));
  EXPECT_THAT(calls_, IsEmpty());
}

}  // namespace
}  // namespace certmgr::solvers
