// SPDX-License-Identifier: MIT
// An order of an enrollment: what comes back is judged by its identity, and the CA may take weeks.
#include <gmock/gmock.h>

#include "certmgr/domain/certificate_level.h"
#include "order_builder.h"

namespace certmgr::test {
namespace {

using ::testing::HasSubstr;

// What whoever opens the order of an enrollment gives it.
constexpr Patience kVetting{30s, 3h, std::chrono::days(30)};
const std::string kOrder = "https://ca/order/1";
const std::string kFirst = "https://ca/cert/1";
const std::string kSecond = "https://ca/cert/2";

IdentityExpectation ov_identity() {
  return {.level = CertificateLevel::ov,
          .subject = {{"C", "2.5.4.6", "DE"}, {"L", "2.5.4.7", "Köln"}, {"O", "2.5.4.10", "Acme GmbH"}}};
}

Order vetted_in(OrderState state) {
  Order order = order_in(std::move(state));
  order.patience = kVetting;
  order.enrollment_id = 12;
  order.identity = ov_identity();
  return order;
}

ChainFacts issued(CertificateLevel level) {
  ChainFacts facts;
  facts.spki_sha256 = "aa";
  facts.identifiers = names({"a.example", "b.example"});
  facts.not_before = kNow - 1h;
  facts.not_after = kNow + std::chrono::days(90);
  facts.policies = {std::string(reserved_policy(level))};
  if (level != CertificateLevel::dv)
    facts.subject = {{"2.5.4.6", "DE"}, {"2.5.4.7", "Köln"}, {"2.5.4.10", "Acme GmbH"}};
  return facts;
}

Order downloaded(Order order, const ChainFacts& facts) {
  order.state = Verifying{kOrder, kFirst, "key1"};
  return apply(std::move(order), ChainDownloaded{facts, "aa"}, kNow);
}

OrderSeen valid_with(const std::string& certificate, std::optional<Instant> retry_after = std::nullopt) {
  auto reply = seen(CaStatus::valid, retry_after);
  reply.reply.value.certificate_url = certificate;
  return reply;
}

OrderSeen asking(std::optional<Instant> retry_after = std::nullopt) {
  auto reply = seen(CaStatus::processing, retry_after);
  auto problem = trouble(TroubleKind::permanent, "acme_userActionRequired");
  problem.url = "https://ca/desk/1";
  reply.reply.value.error = problem;
  return reply;
}

TEST(VettedOrder, AnOrganizationThatIsCalledSomethingElseByNowIsKeptBack) {
  const auto got = [](std::vector<SubjectAttribute> today) {
    Order order = vetted_in(Verifying{kOrder, kFirst, "key1"});
    return apply(std::move(order), ChainDownloaded{issued(CertificateLevel::ov), "aa", std::move(today)},
                 kNow);
  };
  EXPECT_EQ(name_of(got({}).state), "issued") << "nobody knows";
  EXPECT_EQ(name_of(got(ov_identity().subject).state), "issued");
  auto renamed = ov_identity().subject;
  renamed.back().value = "Acme AG";
  const auto kept = got(renamed);
  EXPECT_EQ(name_of(kept.state), "quarantined");
  EXPECT_EQ(kept.last_trouble->code, "organization_changed");
  EXPECT_EQ(kept.identity->today, renamed) << "so that whoever looks later sees the same";

  Order again = kept;
  again.state = Verifying{kOrder, kSecond, "key1"};
  again = apply(std::move(again), ChainDownloaded{issued(CertificateLevel::ov), "aa", ov_identity().subject},
                kNow);
  EXPECT_EQ(name_of(again.state), "issued") << "it was renamed back";
  EXPECT_TRUE(again.identity->today.empty());
}

TEST(VettedOrder, WhatWasAskedIsIssued) {
  EXPECT_TRUE(is<Issued>(downloaded(vetted_in(Approved{}), issued(CertificateLevel::ov))));
}

TEST(VettedOrder, AQuarantineTellsEveryFaultAndWhereToLook) {
  auto facts = issued(CertificateLevel::ov);
  facts.subject[2].value = "Other AG";
  facts.not_after = facts.not_before + std::chrono::days(500);
  const Order order = downloaded(vetted_in(Approved{}), facts);
  ASSERT_TRUE(is<Quarantined>(order));
  const auto& told = std::get<Quarantined>(order.state).trouble;
  EXPECT_EQ(told.code, "validity_cap");
  EXPECT_THAT(told.why, HasSubstr("longer than the"));
  EXPECT_THAT(told.why, HasSubstr("; O is 'Other AG', asked was 'Acme GmbH'"));
  EXPECT_THAT(told.hint, HasSubstr("certmgr enrollment show 12"));
  EXPECT_THAT(told.hint, HasSubstr("nothing of it is deployed"));
  EXPECT_EQ(order.last_trouble, told);
}

TEST(VettedOrder, AQuarantineKeepsWhatAnotherCertificateWouldNeed) {
  const Order order = downloaded(vetted_in(Approved{}), issued(CertificateLevel::dv));
  ASSERT_TRUE(is<Quarantined>(order));
  const auto& kept = std::get<Quarantined>(order.state);
  EXPECT_EQ(kept.trouble.code, "level_mismatch");
  EXPECT_EQ(kept.order_url, kOrder);
  EXPECT_EQ(kept.certificate_url, kFirst);
  EXPECT_EQ(kept.key_id, "key1");
}

TEST(VettedOrder, WithoutAnIdentityACaMayNameWhomItLikesButTheCertificateMustBeAServers) {
  auto facts = issued(CertificateLevel::ov);
  facts.policies.clear();
  facts.not_after = facts.not_before + std::chrono::days(3650);
  facts.subject.push_back({"2.5.4.3", "no name of it"});
  EXPECT_TRUE(is<Issued>(downloaded(order_in(Approved{}), facts)));
  facts.server_auth = false;
  const Order order = downloaded(order_in(Approved{}), facts);
  ASSERT_TRUE(is<Quarantined>(order));
  EXPECT_EQ(std::get<Quarantined>(order.state).trouble.code, "usage_mismatch");
  EXPECT_TRUE(needs_a_person(std::get<Quarantined>(order.state).trouble));
}

TEST(VettedOrder, WhatVouchesForSomebodyIsKeptBackWhereNobodyWasAsked) {
  for (const auto level : {CertificateLevel::iv, CertificateLevel::ov, CertificateLevel::ev}) {
    const Order order = downloaded(order_in(Approved{}), issued(level));
    ASSERT_TRUE(is<Quarantined>(order)) << to_string(level);
    EXPECT_EQ(std::get<Quarantined>(order.state).trouble.code, "level_mismatch");
  }
  auto by_private_ca = issued(CertificateLevel::ov);
  by_private_ca.policies.clear();
  EXPECT_TRUE(is<Issued>(downloaded(order_in(Approved{}), by_private_ca)));
}

TEST(VettedOrder, AWrongClockIsStillToldToTheOneWhoCanSetIt) {
  auto facts = issued(CertificateLevel::dv);
  facts.not_before = kNow + 1h;
  const Order order = downloaded(order_in(Approved{}), facts);
  ASSERT_TRUE(is<Quarantined>(order));
  EXPECT_THAT(std::get<Quarantined>(order.state).trouble.hint, HasSubstr("timedatectl"));
}

TEST(VettedOrder, ALaterBeginningThatWasAskedForIsNoFault) {
  Order order = vetted_in(Approved{});
  order.spec.not_before = ValidityBound(kNow + std::chrono::days(2));
  auto facts = issued(CertificateLevel::ov);
  facts.not_before = kNow + std::chrono::days(2);
  EXPECT_TRUE(is<Issued>(downloaded(order, facts)));
}

TEST(VettedOrder, IsLookedAtAfterHalfAMinuteAndThenLessAndLessOften) {
  Order order = apply(vetted_in(Ready{kOrder, "f", "key1"}), seen(CaStatus::processing, kNow + 1s), kNow);
  ASSERT_TRUE(is<AwaitingCa>(order));
  EXPECT_EQ(order.wake_at, kNow + 30s);
  Duration last = 30s;
  for (int poll = 0; poll < 20; ++poll) {
    const Instant now = order.wake_at;
    order = apply(order, seen(CaStatus::processing, now + 1s), now);
    const Duration wait = order.wake_at - now;
    EXPECT_GE(wait, last);
    last = wait;
  }
  EXPECT_EQ(last, 3h);
}

TEST(VettedOrder, IsNeverLookedAtBeforeTheCaSaid) {
  const Order order = vetted_in(AwaitingCa{kOrder, "key1"});
  EXPECT_EQ(apply(order, seen(CaStatus::processing, kNow + 12h), kNow).wake_at, kNow + 12h);
}

TEST(VettedOrder, IsGivenUpAfterThirtyDaysAndKeepsItsKey) {
  const Order order = vetted_in(AwaitingCa{kOrder, "key1"});
  const auto after = [&](Duration wait) { return apply(order, seen(CaStatus::processing), kNow + wait); };
  EXPECT_TRUE(is<AwaitingCa>(after(std::chrono::days(30) - 1s)));
  const Order given_up = after(std::chrono::days(30));
  ASSERT_TRUE(is<Failed>(given_up));
  EXPECT_EQ(std::get<Failed>(given_up.state).trouble.code, "ca_timeout");
  EXPECT_EQ(key_id_of(given_up.state), "key1");
}

TEST(VettedOrder, OfACaThatIsNotReachedForThirtyDaysSaysSoAndWhatToDo) {
  const Order order = vetted_in(AwaitingCa{kOrder, "key1"});
  const Troubled unreachable{trouble(TroubleKind::transient, "connect_failed"), 0};
  EXPECT_TRUE(is<AwaitingCa>(apply(order, unreachable, kNow + std::chrono::days(29))));
  const Order given_up = apply(order, unreachable, kNow + std::chrono::days(30));
  ASSERT_TRUE(is<Failed>(given_up));
  const auto& said = std::get<Failed>(given_up.state).trouble;
  EXPECT_EQ(said.code, "connect_failed") << "the last thing known";
  EXPECT_THAT(said.why, HasSubstr("30 d"));
  EXPECT_THAT(said.why, HasSubstr("is given up"));
  EXPECT_THAT(said.hint, HasSubstr("may have issued"));
  EXPECT_THAT(said.detail, HasSubstr(kOrder)) << "which is what its desk asks for";
  EXPECT_EQ(key_id_of(given_up.state), "key1");
}

TEST(VettedOrder, ThatExpiresAtTheCaFails) {
  // RFC 8555 section 7.1.6: an order that expires becomes invalid.
  auto told = seen(CaStatus::invalid);
  told.reply.value.expires = kNow + 1s;
  const Order refused = apply(vetted_in(AwaitingCa{kOrder, "key1"}), told, kNow);
  ASSERT_TRUE(is<Failed>(refused));
  EXPECT_EQ(std::get<Failed>(refused.state).trouble.code, "order_invalid");
  told.reply.value.expires = kNow;
  const Order expired = apply(vetted_in(AwaitingCa{kOrder, "key1"}), told, kNow);
  ASSERT_TRUE(is<Failed>(expired));
  EXPECT_EQ(std::get<Failed>(expired.state).trouble.code, "order_expired");
  EXPECT_THAT(std::get<Failed>(expired.state).trouble.why, HasSubstr(to_rfc3339(kNow)));
}

TEST(VettedOrder, ThatIsInvalidWithoutAReasonHasTheOneThatFinalizeGave) {
  // acme2certifier answers finalize with a problem, and shows an invalid order that says nothing.
  Trouble refusal = trouble(TroubleKind::transient, "acme_serverInternal");
  refusal.why = "enrollment failed (serverInternal)";
  refusal.detail = "the CA's own words";
  Order order = apply(vetted_in(Ready{kOrder, "f", "key1"}), Troubled{refusal, 0}, kNow);
  order = apply(order, seen(CaStatus::invalid), order.wake_at);
  ASSERT_TRUE(is<Failed>(order));
  const auto& said = std::get<Failed>(order.state).trouble;
  EXPECT_EQ(said.code, "order_invalid");
  EXPECT_EQ(said.kind, TroubleKind::permanent);
  EXPECT_THAT(said.why, HasSubstr("enrollment failed (serverInternal)"));
  EXPECT_EQ(said.detail, "the CA's own words");
}

TEST(VettedOrder, ThatIsInvalidIsNotExplainedByATroubleOfOurs) {
  Order order = vetted_in(AwaitingCa{kOrder, "key1"});
  order.last_trouble = trouble(TroubleKind::transient, "connect_failed");
  order = apply(order, seen(CaStatus::invalid), kNow);
  ASSERT_TRUE(is<Failed>(order));
  const auto& said = std::get<Failed>(order.state).trouble;
  EXPECT_THAT(said.why, HasSubstr("gives no reason"));
  EXPECT_THAT(said.hint, HasSubstr("certmgr renew " + order.spec.label))
      << "a daemon has no command to repeat";
}

TEST(VettedOrder, IsReadAgainAfterAFailedFinalizeAndWaitsOn) {
  Order order = apply(vetted_in(Ready{kOrder, "f", "key1"}),
                      Troubled{trouble(TroubleKind::permanent, "acme_serverInternal"), 0}, kNow);
  ASSERT_TRUE(is<AwaitingCa>(order));
  EXPECT_TRUE(wants<PollOrder>(order, kRunning, order.wake_at));
  order = apply(order, seen(CaStatus::processing), order.wake_at);
  ASSERT_TRUE(is<AwaitingCa>(order));
  EXPECT_EQ(key_id_of(order.state), "key1");
}

TEST(VettedOrder, WaitsOnWhenTheCaAsksForSomethingAndKeepsWhere) {
  for (const auto& state : {OrderState(Ready{kOrder, "f", "key1"}), OrderState(AwaitingCa{kOrder, "key1"})}) {
    const Order order = apply(vetted_in(state), asking(kNow + 1h), kNow);
    ASSERT_TRUE(is<AwaitingCa>(order)) << name_of(state);
    ASSERT_TRUE(order.last_trouble);
    EXPECT_EQ(order.last_trouble->code, "acme_userActionRequired");
    EXPECT_EQ(order.last_trouble->kind, TroubleKind::waiting);
    EXPECT_EQ(order.last_trouble->url, "https://ca/desk/1");
    EXPECT_THAT(order.last_trouble->what, HasSubstr("wants something before it issues for a.example"));
    EXPECT_EQ(order.wake_at, kNow + 1h);
    EXPECT_TRUE(wants<PollOrder>(order, kRunning, order.wake_at));
    const Order done = apply(order, seen(CaStatus::processing), order.wake_at);
    EXPECT_TRUE(is<AwaitingCa>(done));
    EXPECT_FALSE(done.last_trouble) << "what was asked for was done";
  }
}

TEST(VettedOrder, ARefusalThatAsksAPersonIsAskedAgainAndNotTheEnd) {
  const Troubled refused{trouble(TroubleKind::permanent, "acme_userActionRequired"), 0};
  Order order = apply(vetted_in(Ordering{"key1"}), refused, kNow);
  EXPECT_TRUE(is<Ordering>(order));
  EXPECT_EQ(order.wake_at, kNow + 1h);
  EXPECT_TRUE(is<Failed>(apply(order_in(Ordering{"key1"}), refused, kNow))) << "nobody is asked at DV";

  order = apply(vetted_in(Ready{kOrder, "f", "key1"}), refused, kNow);
  order = apply(order, seen(CaStatus::ready), kNow + 30s);
  ASSERT_TRUE(is<Ready>(order));
  EXPECT_EQ(order.wake_at, kNow + 30s + 1h);
  EXPECT_EQ(order.last_trouble->code, "acme_userActionRequired");
}

Order with_placeholder() {
  Order order = downloaded(vetted_in(Approved{}), issued(CertificateLevel::dv));
  std::get<Quarantined>(order.state).version_id = 40;  // as the store does
  return await_replacement(std::move(order), kNow);
}

TEST(Placeholder, TheOrderGoesOnWaitingWithItsKey) {
  const Order order = with_placeholder();
  ASSERT_TRUE(is<AwaitingCa>(order));
  EXPECT_EQ(order.placeholder_id, 40);
  EXPECT_EQ(order_url_of(order.state), kOrder);
  EXPECT_EQ(key_id_of(order.state), "key1");
  EXPECT_FALSE(order.last_trouble);
  EXPECT_EQ(order.wake_at, kNow + 30s);
  EXPECT_EQ(order.entered_at, kNow) << "its patience begins anew";
}

TEST(Placeholder, TheSameCertificateIsWaitedOutAndAnotherOneVerified) {
  Order order = with_placeholder();
  order = apply(order, valid_with(kFirst, kNow + 6h), order.wake_at);
  ASSERT_TRUE(is<AwaitingCa>(order));
  EXPECT_EQ(order.wake_at, kNow + 6h);
  order = apply(order, seen(CaStatus::processing), order.wake_at);
  order = apply(order, valid_with(kFirst), order.wake_at);
  ASSERT_TRUE(is<AwaitingCa>(order)) << "also after the CA has worked on it in between";
  order = apply(order, valid_with(kSecond), order.wake_at);
  ASSERT_TRUE(is<Verifying>(order));
  EXPECT_EQ(std::get<Verifying>(order.state).certificate_url, kSecond);
  order = apply(order, ChainDownloaded{issued(CertificateLevel::ov), "aa"}, order.wake_at);
  EXPECT_TRUE(is<Issued>(order));
  EXPECT_EQ(order.placeholder_id, 40);
}

TEST(Placeholder, IsNotWaitedOutForEver) {
  const Order order = apply(with_placeholder(), valid_with(kFirst), kNow + std::chrono::days(30));
  ASSERT_TRUE(is<Failed>(order));
  EXPECT_EQ(std::get<Failed>(order.state).trouble.code, "ca_timeout");
  EXPECT_EQ(key_id_of(order.state), "key1");
}

TEST(Placeholder, OnlyAQuarantinedOrderThatKeptItsUrlCanWaitOn) {
  const Order old = vetted_in(Quarantined{40, trouble(TroubleKind::permanent)});
  EXPECT_TRUE(is<Quarantined>(await_replacement(old, kNow)));
  EXPECT_TRUE(is<Issued>(await_replacement(vetted_in(Issued{3}), kNow)));
}

}  // namespace
}  // namespace certmgr::test
