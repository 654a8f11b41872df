// SPDX-License-Identifier: MIT
#include "certmgr/domain/ca_choice.h"

#include <gmock/gmock.h>

#include "order_builder.h"

namespace certmgr {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

Certificate certificate(std::optional<std::vector<std::string>> fallbacks = {{"second", "third"}}) {
  Certificate certificate;
  certificate.id = 1;
  certificate.spec = order_in(Approved{}).spec;
  certificate.spec.ca = "first";
  certificate.spec.fallback_cas = std::move(fallbacks);
  return certificate;
}

Order first_order() { return draft_order(certificate(), {}, std::nullopt, kNow); }

Order failed(Order order, const std::string& code) {
  order.state = Failed{trouble(TroubleKind::permanent, code), {}};
  return order;
}

/// The CAs that are asked one after the other if each refuses with such a code.
std::vector<std::string> walk(const std::vector<std::string>& codes, std::optional<Instant> needed_by = {}) {
  std::vector<std::string> asked;
  std::optional<Order> last;
  for (const auto& code : codes) {
    Order order = draft_order(certificate(), {}, last, kNow);
    order.needed_by = needed_by;
    asked.push_back(order.spec.ca);
    last = failed(order, code);
  }
  asked.push_back(draft_order(certificate(), {}, last, kNow).spec.ca);
  return asked;
}

TEST(CaChoice, GoesFromOneToTheNextAndBeginsAnew) {
  EXPECT_THAT(walk({"acme_caa", "acme_rejectedIdentifier", "ca_timeout"}),
              ElementsAre("first", "second", "third", "first"));
}

TEST(CaChoice, WhatFailsHereFailsEverywhere) {
  for (const char* code : {"port_in_use", "key_missing", "bug", "dns_not_propagated", "withdrawn"})
    EXPECT_THAT(walk({code}), ElementsAre("first", "first")) << code;
}

TEST(CaChoice, OfWhatConcernsTheCa) {
  for (const char* code :
       {"acme_caa", "acme_rateLimited", "ca_unreachable", "ca_paused", "ca_rate_limit", "order_invalid",
        "order_expired", "san_mismatch", "terms_not_agreed", "eab_unusable", "unknown_ca"})
    EXPECT_THAT(walk({code}), ElementsAre("first", "second")) << code;
}

TEST(CaChoice, ACaThatCouldNotVerifyIsAskedTwiceUnlessTimeIsShort) {
  const std::vector<std::string> codes{"authorization_failed", "authorization_failed"};
  EXPECT_THAT(walk(codes, kNow + 24h * 20), ElementsAre("first", "first", "second"));
  EXPECT_THAT(walk(codes, kNow + 24h * 6), ElementsAre("first", "second", "third"));
  EXPECT_THAT(walk(codes), ElementsAre("first", "second", "third")) << "there is no certificate yet";
}

TEST(CaChoice, AfterACertificateTheFirstIsAskedFirstAgain) {
  Order second = draft_order(certificate(), {}, failed(first_order(), "acme_caa"), kNow);
  ASSERT_EQ(second.spec.ca, "second");
  EXPECT_EQ(second.instead_of, "first");
  ASSERT_THAT(second.failed_cas, testing::SizeIs(1));
  EXPECT_EQ(second.failed_cas.front().trouble.code, "acme_caa");
  second.state = Issued{1};
  const Order next = draft_order(certificate(), {}, second, kNow);
  EXPECT_EQ(next.spec.ca, "first");
  EXPECT_THAT(next.instead_of, IsEmpty());
  EXPECT_THAT(next.failed_cas, IsEmpty());
}

TEST(CaChoice, AChangedCertificateBeginsAnew) {
  auto changed = certificate();
  changed.spec.identifiers = names({"c.example"});
  EXPECT_EQ(draft_order(changed, {}, failed(first_order(), "acme_caa"), kNow).spec.ca, "first");
}

TEST(CaChoice, TheConfigurationSpeaksWhereTheCertificateIsSilent) {
  const auto next = [](std::optional<std::vector<std::string>> own) {
    const auto silent = certificate(std::move(own));
    const Order first = draft_order(silent, {"first", "configured"}, std::nullopt, kNow);
    return draft_order(silent, {"first", "configured"}, failed(first, "acme_caa"), kNow).spec.ca;
  };
  EXPECT_EQ(next(std::nullopt), "configured");
  EXPECT_EQ(next({{"own"}}), "own");
  EXPECT_EQ(next(std::vector<std::string>{}), "first") << "nobody else is to be asked";
}

TEST(CaChoice, AnOrderAtAFallbackIsNoChangeOfTheCertificate) {
  const Order second = draft_order(certificate(), {}, failed(first_order(), "acme_caa"), kNow);
  EXPECT_FALSE(needs_new_order(second, certificate().spec));
  auto moved = certificate();
  moved.spec.ca = "second";
  EXPECT_TRUE(needs_new_order(second, moved.spec)) << "somebody has chosen that CA now";
  moved.spec.ca = "other";
  EXPECT_TRUE(needs_new_order(second, moved.spec));
}

TEST(CaChoice, EveryWayIsTriedAtACaBeforeTheNext) {
  auto two_ways = certificate({{"second"}});
  two_ways.spec.other_challenges = {{ChallengeType::tls_alpn_01, "", "[::]:443"}};
  std::vector<std::string> asked;
  std::optional<Order> last;
  for (const auto way : {ChallengeType::http_01, ChallengeType::tls_alpn_01, ChallengeType::http_01,
                         ChallengeType::tls_alpn_01}) {
    Order order = draft_order(two_ways, {}, last, kNow);
    order.refused = {way};
    asked.push_back(order.spec.ca);
    last = failed(order, "authorization_failed");
  }
  EXPECT_THAT(asked, ElementsAre("first", "first", "second", "second"));
  EXPECT_FALSE(has_another_ca(*last, kNow));
  EXPECT_FALSE(has_another_way(*last)) << "there must be an end";
}

TEST(CaChoice, AnOrderThatNobodyAttendedSaysNothingAboutTheCa) {
  Order order = first_order();
  order.unattended = true;
  EXPECT_EQ(draft_order(certificate(), {}, failed(order, "authorization_failed"), kNow).spec.ca, "first");
}

TEST(CaChoice, WaysThatOneCaRefusedAreOpenAtAnother) {
  auto two_ways = certificate();
  two_ways.spec.other_challenges = {{ChallengeType::tls_alpn_01, "", "[::]:443"}};
  Order first = draft_order(two_ways, {}, std::nullopt, kNow);
  first.refused = {ChallengeType::http_01};
  const Order ended = failed(first, "authorization_failed");
  EXPECT_THAT(draft_order(two_ways, {}, ended, kNow).avoid, ElementsAre(ChallengeType::http_01));
  two_ways.spec.ca = "other";
  EXPECT_THAT(draft_order(two_ways, {}, ended, kNow).avoid, IsEmpty());
}

TEST(PatienceWithCa, IsShortWhenTimeIs) {
  EXPECT_EQ(patience_with_ca(std::nullopt, kNow), 2min);
  EXPECT_EQ(patience_with_ca(kNow - 1h, kNow), 2min);
  EXPECT_EQ(patience_with_ca(kNow + 24h, kNow), 1h);
  EXPECT_EQ(patience_with_ca(kNow + 24h * 60, kNow), 24h);
}

Order waiting(OrderState state, const std::string& code, Duration until, std::optional<Instant> needed_by,
              int attempts) {
  Order order = first_order();
  order.state = std::move(state);
  order.last_trouble = trouble(TroubleKind::transient, code);
  order.wake_at = kNow + until;
  order.needed_by = needed_by;
  order.attempts = attempts;
  return order;
}

TEST(GivesWay, WhenWaitingWouldTakeTooLong) {
  const struct {
    const char* what;
    Order order;
    bool gives_way;
  } cases[] = {
      {"a hiccup", waiting(Ordering{"k"}, "ca_unreachable", 1s, std::nullopt, 1), false},
      {"the third in a row, and nothing is held",
       waiting(Ordering{"k"}, "ca_unreachable", 4s, std::nullopt, 3), true},
      {"the third in a row, and there is time",
       waiting(Ordering{"k"}, "ca_unreachable", 4s, kNow + 24h * 30, 3), false},
      {"a limit for two hours, nothing is held",
       waiting(Ordering{"k"}, "acme_rateLimited", 2h, std::nullopt, 1), true},
      {"a limit for two hours, 30 days left",
       waiting(Ordering{"k"}, "acme_rateLimited", 2h, kNow + 24h * 30, 1), false},
      {"a limit for two days, 30 days left", waiting(Approved{}, "ca_rate_limit", 48h, kNow + 24h * 30, 1),
       true},
      {"a limit for two hours, one day left", waiting(Approved{}, "ca_rate_limit", 2h, kNow + 24h, 1), true},
      {"while the CA validates", waiting(validating(), "ca_unreachable", 2h, std::nullopt, 1), true},
      {"a certificate may exist", waiting(AwaitingCa{"u", "k"}, "ca_unreachable", 2h, std::nullopt, 9),
       false},
      {"our own trouble", waiting(Approved{}, "store_full", 2h, std::nullopt, 9), false},
  };
  for (const auto& c : cases) EXPECT_EQ(gives_way(c.order, kNow), c.gives_way) << c.what;
}

TEST(GivesWay, NotWithoutAnotherCa) {
  Order order = waiting(Ordering{"k"}, "ca_unreachable", 48h, std::nullopt, 9);
  order.spec.fallback_cas = std::vector<std::string>{};
  EXPECT_FALSE(gives_way(order, kNow));
}

TEST(GivesWay, EndsTheOrderSoThatTheNextGoesElsewhere) {
  const Order order = apply(first_order(), KeyMade{"key"}, kNow);
  Trouble limited = trouble(TroubleKind::transient, "acme_rateLimited");
  limited.retry_at = kNow + 2h;
  const Order ended = apply(order, Troubled{limited, 0.5}, kNow);
  ASSERT_TRUE(is<Failed>(ended));
  EXPECT_EQ(std::get<Failed>(ended.state).key_id, "");
  EXPECT_TRUE(has_another_ca(ended, kNow));
}

TEST(LightestTrouble, IsTheOneThatMayPass) {
  Order order = failed(first_order(), "acme_caa");
  const Trouble own = std::get<Failed>(order.state).trouble;
  EXPECT_EQ(lightest_trouble(order, own).code, "acme_caa");
  order.failed_cas = {{"first", 1, trouble(TroubleKind::permanent, "acme_rejectedIdentifier")},
                      {"second", 1, trouble(TroubleKind::transient, "ca_unreachable")}};
  EXPECT_EQ(lightest_trouble(order, own).code, "ca_unreachable");
}

TEST(OpenedEvent, SaysWhyNotTheOwnCa) {
  Order order = draft_order(certificate(), {}, failed(first_order(), "acme_caa"), kNow);
  order.reason = "renew";
  const auto event = opened_event(order);
  EXPECT_EQ(event.kind, "order.approved");
  EXPECT_EQ(event.data.at("ca"), "second");
  EXPECT_EQ(event.data.at("instead_of"), "first");
  EXPECT_EQ(event.data.at("because"), "first: what: why");
  EXPECT_FALSE(opened_event(first_order()).data.contains("because"));
}

}  // namespace
}  // namespace certmgr
