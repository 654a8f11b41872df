// SPDX-License-Identifier: MIT
#include "domain/challenge_choice.h"

#include <gtest/gtest.h>

#include "order_builder.h"

namespace certmgr::test {
namespace {

const AccountFacts kAccount{"https://ca/acct/1", "thumb"};

ChallengeSettings way(ChallengeType type) {
  ChallengeSettings settings;
  settings.type = type;
  return settings;
}

Order order_with(ChallengeType first, const std::vector<ChallengeType>& others,
                 std::vector<ChallengeType> avoid = {}) {
  Order order = order_in(validating());
  order.spec.challenge = way(first);
  for (const auto type : others) order.spec.other_challenges.push_back(way(type));
  order.avoid = std::move(avoid);
  return order;
}

CaAuthorization offering(const Identifier& identifier, const std::vector<std::string>& types,
                         bool wildcard = false) {
  CaAuthorization seen;
  seen.url = "https://ca/authz/1";
  seen.identifier = identifier;
  seen.status = CaStatus::pending;
  seen.wildcard = wildcard;
  for (const auto& type : types)
    seen.challenges.push_back({type, "https://ca/chall/" + type, "tok", CaStatus::pending, std::nullopt});
  return seen;
}

const Identifier kName{IdentifierType::dns, "a.example"};
const Identifier kAddress{IdentifierType::ip, "192.0.2.7"};
constexpr auto kHttp = ChallengeType::http_01;
constexpr auto kTls = ChallengeType::tls_alpn_01;
constexpr auto kDns = ChallengeType::dns_01;

TEST(ChallengeChoice, TakesTheFirstWayThatIsOfferedAndFits) {
  struct Row {
    const char* why;
    Order order;
    CaAuthorization seen;
    std::optional<ChallengeType> chosen;
  };
  const std::vector<Row> table{
      {"the first", order_with(kHttp, {kDns}), offering(kName, {"dns-01", "http-01"}), kHttp},
      {"the first is not offered", order_with(kTls, {kDns}), offering(kName, {"dns-01", "http-01"}), kDns},
      {"nothing is offered", order_with(kTls, {}), offering(kName, {"dns-01", "sectigo-email-01"}),
       std::nullopt},
      {"a wildcard", order_with(kHttp, {kDns}), offering(kName, {"http-01", "dns-01"}, true), kDns},
      {"a wildcard without DNS", order_with(kHttp, {kTls}), offering(kName, {"http-01", "dns-01"}, true),
       std::nullopt},
      {"an address", order_with(kDns, {kTls}), offering(kAddress, {"dns-01", "tls-alpn-01"}), kTls},
      {"refused before", order_with(kHttp, {kTls}, {kHttp}), offering(kName, {"http-01", "tls-alpn-01"}),
       kTls},
      {"refused before, no other", order_with(kHttp, {kTls}, {kHttp}), offering(kName, {"http-01"}), kHttp},
  };
  for (const auto& row : table) {
    const auto proof = choose_proof(row.order, row.seen, kAccount);
    if (!row.chosen) {
      ASSERT_FALSE(proof) << row.why;
      EXPECT_EQ(proof.error().code, "challenge_not_offered") << row.why;
      continue;
    }
    ASSERT_TRUE(proof) << row.why << ": " << proof.error().message();
    EXPECT_EQ(proof->type, *row.chosen) << row.why;
    EXPECT_EQ(proof->key_authorization, "tok.thumb");
    EXPECT_EQ(proof->account_url, kAccount.url);
    EXPECT_EQ(proof->wildcard, row.seen.wildcard);
  }
}

TEST(ChallengeChoice, APersistentRecordNeedsNoToken) {
  auto seen = offering(kName, {"dns-persist-01"});
  seen.challenges.front().token.clear();
  seen.challenges.front().issuer_names = {"ca.example"};
  const auto proof = choose_proof(order_with(ChallengeType::dns_persist_01, {}), seen, kAccount);
  ASSERT_TRUE(proof);
  EXPECT_EQ(proof->issuer_names, std::vector<std::string>{"ca.example"});
  EXPECT_TRUE(proof->key_authorization.empty());
}

Order refused(ChallengeType first, const std::vector<ChallengeType>& others, std::vector<ChallengeType> ways,
              std::vector<ChallengeType> avoid = {}) {
  Order order = order_with(first, others, std::move(avoid));
  order.refused = std::move(ways);
  order.state = Failed{trouble(TroubleKind::permanent, "authorization_failed"), ""};
  return order;
}

TEST(ChallengeChoice, WhatTheCaDidNotAcceptComesLastNextTime) {
  EXPECT_EQ(avoided_after(refused(kHttp, {kTls}, {kHttp})), std::vector{kHttp});
  EXPECT_TRUE(has_another_way(refused(kHttp, {kTls}, {kHttp})));
  EXPECT_TRUE(avoided_after(refused(kHttp, {kTls}, {kTls}, {kHttp})).empty()) << "all tried: the first again";
  EXPECT_FALSE(has_another_way(refused(kHttp, {kTls}, {kTls}, {kHttp})));
  EXPECT_FALSE(has_another_way(refused(kHttp, {kTls}, {kHttp}, {kHttp})))
      << "the CA does not offer the other";
  EXPECT_FALSE(has_another_way(refused(kHttp, {}, {kHttp})));
  EXPECT_TRUE(avoided_after(std::nullopt).empty());
  Order other = refused(kHttp, {kTls}, {kHttp});
  other.state = Failed{trouble(TroubleKind::permanent, "acme_caa"), ""};
  EXPECT_TRUE(avoided_after(other).empty()) << "it was not about the proofs";
}

TEST(ChallengeChoice, TellsByWhichWayItFailedAndWhatToLookAt) {
  auto seen = offering(kName, {"http-01", "tls-alpn-01"});
  seen.challenges[1].error = trouble(TroubleKind::permanent, "acme_connection");
  const auto failed = authorization_failed(seen);
  EXPECT_EQ(failed.what, "the CA could not verify control of a.example by tls-alpn-01");
  EXPECT_NE(failed.hint.find("443"), std::string::npos);
}

TEST(OrderMachine, ARecordThatIsNotSeenYetWaitsWhileTheOthersArePublished) {
  Order order = order_in(validating());
  order.spec.challenge = way(kDns);
  order = apply(order, AuthorizationSeen{authorization(CaStatus::pending), kAccount}, kNow);
  order = apply(order, ProofLocated{"_acme-challenge.a.example"}, kNow);
  ASSERT_TRUE(wants<PublishProof>(order));
  order = apply(order, ProofUnseen{2s, "ns1 has no record", 10min}, kNow);
  ASSERT_TRUE(wants<FetchAuthorization>(order)) << "the other name is not delayed";
  auto second = authorization(CaStatus::pending, "https://ca/authz/2");
  second.challenges.front().url = "https://ca/chall/9";
  order = apply(order, AuthorizationSeen{second, kAccount}, kNow);
  order = apply(order, ProofLocated{"_acme-challenge.b.example"}, kNow);
  order = apply(order, ProofAnswered{}, kNow);
  ASSERT_TRUE(wants<PublishProof>(order));
  EXPECT_EQ(order.published.size(), 2U);
  order = apply(order, ProofUnseen{2s, "ns1 has no record", 10min}, kNow);
  EXPECT_TRUE(wants<SleepUntil>(order)) << "nothing else to do";
  EXPECT_TRUE(wants<PublishProof>(order, kRunning, kNow + 2s));
  Order given_up = apply(order, ProofUnseen{2s, "ns1 has no record", 10min}, kNow + 10min);
  ASSERT_TRUE(is<Failed>(given_up));
  EXPECT_EQ(given_up.last_trouble->code, "dns_not_propagated");
  order = apply(order, ProofAnswered{}, kNow + 2s);
  EXPECT_TRUE(wants<PollOrder>(order, kRunning, order.wake_at));
}

TEST(OrderMachine, AWayThatDoesNotWorkHereGivesItsPlaceToTheNextInTheSameOrder) {
  Order order = order_in(validating());
  order.spec.challenge = way(kHttp);
  order.spec.other_challenges = {way(kDns)};
  order = apply(order, AuthorizationSeen{authorization(CaStatus::pending), kAccount}, kNow);
  ASSERT_EQ(std::get<PublishProof>(decide(order, kNow, kRunning)).proof.type, kHttp);
  const auto taken = trouble(TroubleKind::configuration, "port_in_use");
  order = apply(order, ProofUnpublished{taken, 0}, kNow);
  EXPECT_EQ(order.last_trouble->code, "port_in_use");
  ASSERT_TRUE(wants<FetchAuthorization>(order));
  order = apply(order, AuthorizationSeen{authorization(CaStatus::pending), kAccount}, kNow);
  order = apply(order, ProofLocated{"_acme-challenge.a.example"}, kNow);
  ASSERT_EQ(std::get<PublishProof>(decide(order, kNow, kRunning)).proof.type, kDns);
  order = apply(order, ProofUnpublished{taken, 0}, kNow);
  EXPECT_TRUE(is<Validating>(order)) << "parked";
  EXPECT_TRUE(wants<SleepUntil>(order)) << "nothing else is left";
}

TEST(OrderMachine, ATroubleThatPassesIsWaitedForInTheSameWay) {
  Order order = order_in(validating());
  order.spec.other_challenges = {way(kDns)};
  order = apply(order, AuthorizationSeen{authorization(CaStatus::pending), kAccount}, kNow);
  order = apply(order, ProofUnpublished{trouble(TroubleKind::transient), 0}, kNow);
  EXPECT_TRUE(order.avoid.empty());
  EXPECT_TRUE(wants<SleepUntil>(order));
}

TEST(ChallengeChoice, OnlyTheWayTheCaTriedCountsAsRefused) {
  auto seen = offering(kName, {"http-01", "dns-01", "never-heard-of-01"});
  seen.challenges[1].status = CaStatus::invalid;
  seen.challenges[2].status = CaStatus::invalid;
  EXPECT_EQ(refused_ways(seen), std::vector{kDns});
}

}  // namespace
}  // namespace certmgr::test
