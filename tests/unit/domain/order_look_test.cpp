// SPDX-License-Identifier: MIT
// A CA that looks at a proof once, in vain, and waits to be asked again (RFC 8555 section 8.2).
#include <gtest/gtest.h>

#include "order_builder.h"

namespace certmgr::test {
namespace {

constexpr const char* kFirst = "https://ca/authz/1";
constexpr const char* kSecond = "https://ca/authz/2";

/// Each with challenges of its own.
CaAuthorization pending(const std::string& url) {
  auto seen = authorization(CaStatus::pending, url);
  for (auto& challenge : seen.challenges) challenge.url += "/of/" + url.substr(url.rfind('/') + 1);
  return seen;
}

/// Both proofs are published and answered.
Order answered() {
  Order order = order_in(validating());
  for (const char* url : {kFirst, kSecond}) {
    order = apply(order, AuthorizationSeen{pending(url)}, kNow);
    order = apply(order, ProofAnswered{}, kNow);
  }
  return order;
}

CaAuthorization looked_at_in_vain(CaStatus challenge = CaStatus::pending) {
  auto seen = pending(kFirst);
  for (auto& one : seen.challenges) {
    if (one.type != "http-01") continue;
    one.status = challenge;
    one.error = Trouble{.kind = TroubleKind::permanent, .code = "acme_connection", .why = "nobody answers"};
  }
  return seen;
}

Order polled_until_read(Order order) {
  for (int polls = 0; polls < 20; ++polls) {
    order = apply(order, seen(CaStatus::pending), order.wake_at);
    if (wants<FetchAuthorization>(order, kRunning, order.wake_at)) return order;
  }
  ADD_FAILURE() << "its authorizations are not read again";
  return order;
}

TEST(OrderLook, ASlowCaCostsNothingMoreAtFirst) {
  Order order = answered();
  for (int polls = 0; polls < 4; ++polls) {
    ASSERT_TRUE(wants<PollOrder>(order, kRunning, order.wake_at));
    order = apply(order, seen(CaStatus::pending), order.wake_at);
  }
  EXPECT_LT(order.wake_at - kNow, 4s);
}

TEST(OrderLook, OneThatFoundNothingGoesOnPollingAsPlanned) {
  Order order = polled_until_read(answered());
  const Instant planned = std::get<Validating>(order.state).look.resume_at;
  for (const char* url : {kFirst, kSecond}) {
    ASSERT_TRUE(wants<FetchAuthorization>(order, kRunning, order.wake_at));
    order = apply(order, AuthorizationSeen{pending(url)}, order.wake_at);
  }
  EXPECT_TRUE(wants<PollOrder>(order, kRunning, planned));
  EXPECT_EQ(order.wake_at, planned);
  EXPECT_EQ(order.published.size(), 2U) << "nothing is published twice";
  EXPECT_EQ(order.last_trouble, std::nullopt);
}

TEST(OrderLook, AFailureIsSaidAndTheChallengeIsAnsweredAgain) {
  Order order = polled_until_read(answered());
  order = apply(order, AuthorizationSeen{looked_at_in_vain()}, order.wake_at);
  ASSERT_TRUE(order.last_trouble);
  EXPECT_EQ(order.last_trouble->kind, TroubleKind::waiting);
  EXPECT_NE(order.last_trouble->message().find("nobody answers"), std::string::npos);
  const auto action = decide(order, order.wake_at, kRunning);
  ASSERT_TRUE(std::holds_alternative<AnswerAgain>(action));
  EXPECT_EQ(std::get<AnswerAgain>(action).challenge_url, "https://ca/chall/1/of/1");
  order = apply(order, AnsweredAgain{}, order.wake_at);
  EXPECT_TRUE(wants<FetchAuthorization>(order, kRunning, order.wake_at)) << "the other name";
  order = apply(order, AuthorizationSeen{authorization(CaStatus::valid, kSecond)}, order.wake_at);
  EXPECT_TRUE(wants<PollOrder>(order, kRunning, order.wake_at));
  order = apply(order, seen(CaStatus::pending), order.wake_at);
  EXPECT_TRUE(order.last_trouble) << "it stays said until it is over";
  order = apply(order, seen(CaStatus::ready), order.wake_at);
  EXPECT_EQ(order.last_trouble, std::nullopt);
}

TEST(OrderLook, ACaThatIsStillAtItIsNotAskedAgain) {
  Order order = polled_until_read(answered());
  order = apply(order, AuthorizationSeen{looked_at_in_vain(CaStatus::processing)}, order.wake_at);
  EXPECT_TRUE(order.last_trouble);
  EXPECT_FALSE(wants<AnswerAgain>(order, kRunning, order.wake_at));
}

TEST(OrderLook, ACaThatStaysAtItForeverIsAskedAgainAndThenGivenUp) {
  Order order = polled_until_read(answered());
  order = apply(order, AuthorizationSeen{looked_at_in_vain(CaStatus::processing)}, order.wake_at);
  order = apply(order, AuthorizationSeen{authorization(CaStatus::valid, kSecond)}, order.wake_at);
  int asked_again = 0;
  while (!is_final(order.state) && asked_again < 10) {
    order = polled_until_read(order);
    order = apply(order, AuthorizationSeen{looked_at_in_vain(CaStatus::processing)}, order.wake_at);
    if (is_final(order.state)) break;
    ASSERT_TRUE(wants<AnswerAgain>(order, kRunning, order.wake_at));
    ++asked_again;
    order = apply(order, AnsweredAgain{}, order.wake_at);
    order = apply(order, AuthorizationSeen{authorization(CaStatus::valid, kSecond)}, order.wake_at);
  }
  EXPECT_EQ(asked_again, 2);
  ASSERT_TRUE(is<Failed>(order));
  EXPECT_EQ(order.refused, std::vector{ChallengeType::http_01});
  EXPECT_LT(order.entered_at - kNow, 2min);
}

TEST(OrderLook, AfterThreeFailuresTheReasonEndsTheOrderSoThatAnotherWayIsTried) {
  Order order = answered();
  int asked_again = 0;
  while (!is_final(order.state) && asked_again < 10) {
    order = polled_until_read(order);
    order = apply(order, AuthorizationSeen{looked_at_in_vain()}, order.wake_at);
    if (is_final(order.state)) break;
    ++asked_again;
    order = apply(order, AnsweredAgain{}, order.wake_at);
    order = apply(order, AuthorizationSeen{authorization(CaStatus::valid, kSecond)}, order.wake_at);
  }
  EXPECT_EQ(asked_again, 2);
  ASSERT_TRUE(is<Failed>(order));
  EXPECT_EQ(std::get<Failed>(order.state).trouble.code, "authorization_failed");
  EXPECT_EQ(order.refused, std::vector{ChallengeType::http_01});
  EXPECT_LT(order.entered_at - kNow, 2min) << "while somebody waits for it";
}

TEST(OrderLook, AnotherProcessBeginsAnew) {
  Order order = polled_until_read(answered());
  order = apply(order, seen(CaStatus::pending, std::nullopt, true), order.wake_at);
  EXPECT_FALSE(std::get<Validating>(order.state).look.under_way);
  order = apply(order, AuthorizationSeen{pending(kFirst)}, order.wake_at);
  EXPECT_TRUE(wants<PublishProof>(order, kRunning, order.wake_at));
}

}  // namespace
}  // namespace certmgr::test
