// SPDX-License-Identifier: MIT
#include "certmgr/domain/order_machine.h"

#include <gmock/gmock.h>

#include "order_builder.h"

namespace certmgr::test {
namespace {

TEST(OrderMachine, TheHappyPathEndsInIssued) {
  Order order = order_in(Approved{});
  RunMemory memory;
  const auto step = [&](const auto& expected_action, const OrderOutcome& outcome) {
    const auto action = decide(order, order.wake_at, memory);
    EXPECT_TRUE(std::holds_alternative<std::decay_t<decltype(expected_action)>>(action))
        << describe(action, order);
    const Instant now = order.wake_at;
    order = apply(order, outcome, now);
    memory = remember(memory, action, outcome);
  };
  step(MakeKey{}, KeyMade{"key1"});
  step(PlaceOrder{}, seen(CaStatus::pending));
  step(FetchAuthorization{}, AuthorizationSeen{authorization(CaStatus::pending)});
  EXPECT_EQ(order.published.size(), 1U) << "recorded before it is published";
  step(PublishProof{}, ProofAnswered{});
  step(FetchAuthorization{}, AuthorizationSeen{authorization(CaStatus::valid, "https://ca/authz/2")});
  step(PollOrder{}, seen(CaStatus::ready));
  step(WithdrawProofs{}, ProofsWithdrawn{});
  step(FinalizeOrder{}, seen(CaStatus::processing));
  step(PollOrder{}, seen(CaStatus::valid));
  ChainFacts facts;
  facts.spki_sha256 = "aa";
  facts.identifiers = order.spec.identifiers;
  facts.not_before = kNow - 1h;
  facts.not_after = kNow + 1000h;
  step(DownloadChain{}, ChainDownloaded{facts, "aa"});
  EXPECT_TRUE(is<Issued>(order));
  EXPECT_TRUE(is_settled(order));
  EXPECT_TRUE(wants<Nothing>(order));
}

TEST(OrderMachine, AnOrderFoundInOrderingIsLookedForBeforeASecondOneIsPlaced) {
  const Order order = order_in(Ordering{"key1"});
  EXPECT_TRUE(wants<FindLostOrder>(order, kFresh));
  const RunMemory searched = remember(kFresh, FindLostOrder{}, NoLostOrder{});
  EXPECT_TRUE(wants<PlaceOrder>(order, searched));
}

TEST(OrderMachine, ALostAnswerToNewOrderIsLookedForToo) {
  Order order = order_in(Ordering{"key1"});
  const OrderOutcome lost = Troubled{trouble(TroubleKind::transient), 0};
  const RunMemory memory = remember({true, false}, PlaceOrder{}, lost);
  order = apply(order, lost, kNow);
  EXPECT_TRUE(is<Ordering>(order));
  EXPECT_TRUE(wants<FindLostOrder>(order, memory, order.wake_at));
}

TEST(OrderMachine, ANewOrderThatTheCaRefusedOrNeverGotIsNotLookedFor) {
  Trouble refused = trouble(TroubleKind::transient);
  refused.code = "acme_serverInternal";
  Trouble not_sent = trouble(TroubleKind::transient);
  not_sent.unsent = true;
  for (const auto& why : {refused, not_sent}) {
    const OrderOutcome outcome = Troubled{why, 0, true};
    Order order = apply(order_in(Ordering{"key1"}), outcome, kNow);
    const RunMemory memory = remember({true, false}, PlaceOrder{}, outcome);
    EXPECT_TRUE(wants<NotePlacing>(order, memory, order.wake_at));
    EXPECT_TRUE(wants<NotePlacing>(order, kFresh, order.wake_at)) << "by another process, too";
    order = apply(order, PlacingNoted{}, order.wake_at);
    EXPECT_TRUE(wants<PlaceOrder>(order, remember(kFresh, NotePlacing{}, PlacingNoted{}), order.wake_at));
    EXPECT_TRUE(wants<FindLostOrder>(order, kFresh, order.wake_at)) << "a kill may have lost the answer";
  }
}

TEST(OrderMachine, ASearchThatFailsSaysNothingAboutTheOrder) {
  Trouble not_sent = trouble(TroubleKind::transient);
  not_sent.unsent = true;
  const Order order = apply(order_in(Ordering{"key1"}), Troubled{not_sent, 0}, kNow);
  EXPECT_TRUE(wants<FindLostOrder>(order, kFresh, order.wake_at));
}

TEST(OrderMachine, ASearchInBetweenDoesNotMakeItAskMoreOften) {
  Order order = order_in(Ordering{"key1"});
  Duration last{};
  for (int failures = 0; failures < 5; ++failures) {
    order = apply(order, NoLostOrder{}, order.wake_at);
    const Instant now = order.wake_at;
    order = apply(order, Troubled{trouble(TroubleKind::transient), 1, true}, now);
    EXPECT_GT(order.wake_at - now, last);
    last = order.wake_at - now;
  }
  EXPECT_EQ(order.attempts, 5);
}

TEST(OrderMachine, AnAdoptedOrderKeepsTheKeyThatWasStored) {
  const Order order = apply(order_in(Ordering{"key1"}), seen(CaStatus::ready), kNow);
  ASSERT_TRUE(is<Ready>(order));
  EXPECT_EQ(key_id_of(order.state), "key1");
}

TEST(OrderMachine, AnOrderTakenOverWhileValidatingPublishesAllProofsAnew) {
  Order order = order_in(validating({"https://ca/authz/2"}));
  const auto action = decide(order, kNow, kFresh);
  ASSERT_TRUE(std::holds_alternative<PollOrder>(action));
  EXPECT_TRUE(std::get<PollOrder>(action).restart);
  order = apply(order, seen(CaStatus::pending, std::nullopt, true), kNow);
  EXPECT_EQ(std::get<Validating>(order.state).authorizations_left.size(), 2U);
  EXPECT_TRUE(wants<FetchAuthorization>(
      order, remember(kFresh, action, seen(CaStatus::pending, std::nullopt, true))));
}

TEST(OrderMachine, ProofsAreWithdrawnBeforeAnythingElseOnceTheCaHasLooked) {
  Order order = order_in(Ready{"https://ca/order/1", "https://ca/finalize/1", "key1"});
  order.published.push_back({});
  EXPECT_TRUE(wants<WithdrawProofs>(order));
  order.state = Failed{trouble(TroubleKind::permanent), ""};
  EXPECT_TRUE(wants<WithdrawProofs>(order));
  EXPECT_FALSE(is_settled(order));
  EXPECT_TRUE(is_settled(apply(order, ProofsWithdrawn{}, kNow)));
}

TEST(OrderMachine, RetryAfterOfTheCaLengthensAWaitAndNeverShortensIt) {
  const Order far = apply(order_in(validating({})), seen(CaStatus::pending, kNow + 30s), kNow);
  EXPECT_EQ(far.wake_at, kNow + 30s);
  const Order past = apply(order_in(validating({})), seen(CaStatus::pending, kNow - 30s), kNow);
  EXPECT_GT(past.wake_at, kNow);
  const Order processing =
      apply(order_in(Ready{"https://ca/order/1", "f", "key1"}), seen(CaStatus::processing, kNow + 24h), kNow);
  EXPECT_EQ(processing.wake_at, kNow + 24h);
}

TEST(OrderMachine, GivesUpAfterItsPatienceAndSaysSo) {
  Order order = order_in(validating({}));
  order = apply(order, seen(CaStatus::pending), kNow + order.patience.give_up);
  ASSERT_TRUE(is<Failed>(order));
  EXPECT_EQ(std::get<Failed>(order.state).trouble.code, "ca_timeout");
}

TEST(OrderMachine, KeepsTheKeyWhenACertificateForItMayExist) {
  Order order = order_in(AwaitingCa{"https://ca/order/1", "key1"});
  order = apply(order, seen(CaStatus::processing), kNow + order.patience.give_up);
  ASSERT_TRUE(is<Failed>(order));
  EXPECT_EQ(key_id_of(order.state), "key1");
}

TEST(OrderMachine, AnInvalidOrderWithoutAReasonAsksTheAuthorizationsForIt) {
  Order order = apply(order_in(validating({})), seen(CaStatus::invalid), kNow);
  ASSERT_TRUE(is<Validating>(order));
  EXPECT_TRUE(wants<FetchAuthorization>(order));
  auto refused = authorization(CaStatus::invalid);
  refused.challenges[1].status = CaStatus::invalid;
  refused.challenges[1].error = trouble(TroubleKind::permanent);
  refused.challenges[1].error->why = "connection refused";
  order = apply(order, AuthorizationSeen{refused}, kNow);
  ASSERT_TRUE(is<Failed>(order));
  const auto& why = std::get<Failed>(order.state).trouble;
  EXPECT_EQ(why.code, "authorization_failed");
  EXPECT_NE(why.what.find("a.example"), std::string::npos);
  EXPECT_EQ(why.why, "connection refused");
}

TEST(OrderMachine, AReasonThatStandsInTheOrderAloneIsSaid) {
  auto invalid = seen(CaStatus::invalid);
  invalid.reply.value.error =
      Trouble{.kind = TroubleKind::permanent, .code = "acme_unauthorized", .why = "challenge failed"};
  Order order = apply(order_in(validating({})), invalid, kNow);
  order = apply(order, AuthorizationSeen{authorization(CaStatus::invalid)}, kNow);
  ASSERT_TRUE(is<Failed>(order));
  EXPECT_EQ(std::get<Failed>(order.state).trouble.code, "authorization_failed");
  EXPECT_EQ(std::get<Failed>(order.state).trouble.why, "challenge failed");
}

TEST(OrderMachine, AnInvalidOrderWhoseAuthorizationsAreFineEndsAllTheSame) {
  Order order = apply(order_in(validating({})), seen(CaStatus::invalid), kNow);
  order = apply(order, AuthorizationSeen{authorization(CaStatus::valid, "https://ca/authz/1")}, kNow);
  order = apply(order, AuthorizationSeen{authorization(CaStatus::pending, "https://ca/authz/2")}, kNow);
  EXPECT_TRUE(wants<PollOrder>(order));
  order = apply(order, seen(CaStatus::invalid), kNow);
  ASSERT_TRUE(is<Failed>(order));
  EXPECT_EQ(std::get<Failed>(order.state).trouble.code, "order_invalid");
}

TEST(OrderMachine, AfterAFailedFinalizeTheOrderItselfIsAsked) {
  const Order ready = order_in(Ready{"https://ca/order/1", "https://ca/finalize/1", "key1"});
  const Order asked = apply(ready, Troubled{trouble(TroubleKind::permanent, "acme_badCSR"), 0}, kNow);
  ASSERT_TRUE(is<AwaitingCa>(asked));
  EXPECT_TRUE(is<Verifying>(apply(asked, seen(CaStatus::valid), asked.wake_at)));
  EXPECT_TRUE(is<AwaitingCa>(apply(asked, seen(CaStatus::processing), asked.wake_at)));
  const Order refused = apply(asked, seen(CaStatus::ready), asked.wake_at);
  ASSERT_TRUE(is<Failed>(refused));
  EXPECT_EQ(std::get<Failed>(refused.state).trouble.code, "acme_badCSR");
}

TEST(OrderMachine, APassingFinalizeTroubleIsTriedAgainLater) {
  const Order ready = order_in(Ready{"https://ca/order/1", "https://ca/finalize/1", "key1"});
  Order order = apply(ready, Troubled{trouble(TroubleKind::transient), 0}, kNow);
  order = apply(order, seen(CaStatus::ready), kNow);
  ASSERT_TRUE(is<Ready>(order));
  EXPECT_GT(order.wake_at, kNow);
}

/// Finalized again and again, and always with an error of the CA's own.
Order refused_at_finalize(Order order, int times) {
  for (int i = 0; i < times && is<Ready>(order); ++i) {
    order = apply(order, Troubled{trouble(TroubleKind::transient, "acme_serverInternal"), 0}, order.wake_at);
    order = apply(order, seen(CaStatus::ready), order.wake_at);
  }
  return order;
}

TEST(OrderMachine, AFinalizeThatNeverComesThroughIsGivenUpWithItsReason) {
  const Order ready = order_in(Ready{"https://ca/order/1", "https://ca/finalize/1", "key1"});
  EXPECT_TRUE(is<Ready>(refused_at_finalize(ready, 8)));
  const Order order = refused_at_finalize(ready, 100);
  ASSERT_TRUE(is<Failed>(order));
  EXPECT_EQ(std::get<Failed>(order.state).trouble.code, "acme_serverInternal");
  EXPECT_EQ(std::get<Failed>(order.state).trouble.hint, "hint");
  EXPECT_LE(order.entered_at - kNow, 1h);
}

TEST(OrderMachine, AFinalizeThatNeverComesThroughMayBeAboutTheValidityThatWasAskedFor) {
  Order ready = order_in(Ready{"https://ca/order/1", "https://ca/finalize/1", "key1"});
  ready.spec.not_after = 300 * 24h;
  const Order order = refused_at_finalize(ready, 100);
  ASSERT_TRUE(is<Failed>(order));
  EXPECT_THAT(std::get<Failed>(order.state).trouble.hint,
              testing::HasSubstr("without --not-before and --not-after"));
}

TEST(OrderMachine, AFinalizeIsTriedAgainInTimeForTheEndOfTheOldCertificate) {
  Order ready = order_in(Ready{"https://ca/order/1", "https://ca/finalize/1", "key1"});
  ready.patience.give_up = 30 * 24h;
  ready.needed_by = kNow + 48h;
  for (const int times : {5, 20}) {
    const Order order = refused_at_finalize(ready, times);
    ASSERT_TRUE(is<Ready>(order));
    EXPECT_LE(order.wake_at - order.entered_at, 1h) << times;
  }
}

TEST(OrderMachine, PassingTroubleIsRetriedAndPermanentTroubleEndsTheOrder) {
  const Order again = apply(order_in(validating()), Troubled{trouble(TroubleKind::transient), 0}, kNow);
  EXPECT_TRUE(is<Validating>(again));
  EXPECT_EQ(again.attempts, 1);
  EXPECT_GT(again.wake_at, kNow);
  EXPECT_TRUE(is<Failed>(apply(order_in(validating()), Troubled{trouble(TroubleKind::permanent), 0}, kNow)));
}

TEST(OrderMachine, ATroubleOfTheConfigurationParksTheOrderInsteadOfLosingIt) {
  const Order parked = apply(order_in(validating()), Troubled{trouble(TroubleKind::configuration), 0}, kNow);
  EXPECT_TRUE(is<Validating>(parked));
  EXPECT_GE(parked.wake_at, kNow + 1h);
}

TEST(OrderMachine, TheTimeTheOtherSideNamedGoesFirst) {
  Trouble limited = trouble(TroubleKind::transient);
  limited.retry_at = kNow + 3h;
  EXPECT_EQ(apply(order_in(Ordering{"key1"}), Troubled{limited, 0}, kNow).wake_at, kNow + 3h);
}

TEST(OrderMachine, AChallengeTypeThatIsNotOfferedIsNamedWithTheOnesThatAre) {
  auto offered = authorization(CaStatus::pending);
  offered.challenges.erase(offered.challenges.begin() + 1);
  const Order order = apply(order_in(validating()), AuthorizationSeen{offered}, kNow);
  ASSERT_TRUE(is<Failed>(order));
  EXPECT_NE(std::get<Failed>(order.state).trouble.why.find("dns-01, never-heard-of-01"), std::string::npos);
}

TEST(OrderMachine, ATokenThatIsNoBase64urlIsNeverPublished) {
  for (const char* token : {"", "../../etc/passwd", "a/b", "a b", "a\nb", "a=", "\xc3\xbc"}) {
    auto hostile = authorization(CaStatus::pending);
    hostile.challenges[1].token = token;
    const Order order = apply(order_in(validating()), AuthorizationSeen{hostile}, kNow);
    ASSERT_TRUE(is<Failed>(order)) << token;
    EXPECT_EQ(std::get<Failed>(order.state).trouble.code, "ca_protocol");
    EXPECT_TRUE(order.published.empty());
  }
}

TEST(OrderMachine, ACertificateForAnotherKeyIsQuarantined) {
  ChainFacts facts;
  facts.spki_sha256 = "other";
  const Order order = apply(order_in(Verifying{"https://ca/order/1", "https://ca/cert/1", "key1"}),
                            ChainDownloaded{facts, "aa"}, kNow);
  ASSERT_TRUE(is<Quarantined>(order));
  EXPECT_EQ(std::get<Quarantined>(order.state).trouble.code, "key_mismatch");
}

TEST(OrderMachine, TroubleWhileDownloadingNeverLosesTheOrder) {
  const Order order = apply(order_in(Verifying{"https://ca/order/1", "https://ca/cert/1", "key1"}),
                            Troubled{trouble(TroubleKind::permanent), 0}, kNow);
  EXPECT_TRUE(is<Verifying>(order));
}

Order proving_over_dns() {
  Order order = order_in(validating());
  order.spec.challenge.type = ChallengeType::dns_01;
  return apply(order, AuthorizationSeen{authorization(CaStatus::pending)}, kNow);
}

TEST(OrderMachine, WhereARecordGoesIsRecordedBeforeItIsPutThere) {
  Order order = proving_over_dns();
  ASSERT_TRUE(wants<LocateProof>(order));
  EXPECT_TRUE(order.published.empty());
  order = apply(order, ProofLocated{"proofs.example"}, kNow);
  ASSERT_EQ(order.published.size(), 1U);
  EXPECT_EQ(order.published.front().target, "proofs.example");
  const auto action = decide(order, kNow, kRunning);
  ASSERT_TRUE(std::holds_alternative<PublishProof>(action));
  EXPECT_EQ(std::get<PublishProof>(action).proof, order.published.front());
}

TEST(OrderMachine, ARecordOfAnEarlierRunIsRemovedFromWhereItWasPut) {
  Order order = apply(proving_over_dns(), ProofLocated{"old.example"}, kNow);
  order = apply(order, seen(CaStatus::pending, std::nullopt, true), kNow);  // another process takes over
  const auto again = AuthorizationSeen{authorization(CaStatus::pending)};
  const Order same = apply(apply(order, again, kNow), ProofLocated{"old.example"}, kNow);
  EXPECT_EQ(same.published.size(), 1U);
  const Order moved = apply(apply(order, again, kNow), ProofLocated{"new.example"}, kNow);
  ASSERT_EQ(moved.published.size(), 2U) << "the alias leads elsewhere now";
  EXPECT_EQ(moved.published.front().target, "old.example");
  EXPECT_EQ(moved.published.back().target, "new.example");
}

TEST(OrderMachine, APlaceThatCannotBeFoundIsAsAProofThatCannotBePublished) {
  Order order = proving_over_dns();
  order = apply(order, ProofUnpublished{trouble(TroubleKind::transient), 0}, kNow);
  EXPECT_TRUE(is<Validating>(order));
  EXPECT_GT(order.wake_at, kNow);
  EXPECT_TRUE(wants<LocateProof>(order, kRunning, order.wake_at));
}

struct EndCase {
  const char* name;
  OrderState state;
  std::optional<Identifier> unproven;
  ChallengeOutcome outcome;
};

void PrintTo(const EndCase& each, std::ostream* out) { *out << each.name; }

class ProofEnds : public ::testing::TestWithParam<EndCase> {};

TEST_P(ProofEnds, IsToldToHooks) {
  const auto& c = GetParam();
  Order order = order_in(c.state);
  order.unproven = c.unproven;
  Proof proof{"https://ca/authz/1", "https://ca/chall/0", ChallengeType::dns_01, names({"a.example"}).front(),
              "t"};
  order.published = {proof};
  EXPECT_EQ(outcome_of(order, proof), c.outcome);
}

const Failed kFailed{trouble(TroubleKind::permanent), ""};

INSTANTIATE_TEST_SUITE_P(All, ProofEnds,
                         ::testing::Values(EndCase{"Ready", Ready{}, {}, ChallengeOutcome::accepted},
                                           EndCase{"Issued", Issued{}, {}, ChallengeOutcome::accepted},
                                           EndCase{"Failed", kFailed, {}, ChallengeOutcome::failed},
                                           EndCase{"FailedItself", kFailed, names({"a.example"}).front(),
                                                   ChallengeOutcome::failed},
                                           EndCase{"AnotherFailed", kFailed, names({"b.example"}).front(),
                                                   ChallengeOutcome::accepted},
                                           EndCase{"NotLookedAt", validating(), {}, ChallengeOutcome::failed},
                                           EndCase{"Withdrawn", Withdrawn{}, {}, ChallengeOutcome::failed}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(ProofEnd, OfAWayThatWasGivenUpForAnotherIsAFailure) {
  Order order = order_in(Ready{});
  const Identifier name = names({"a.example"}).front();
  order.published = {{"https://ca/authz/1", "https://ca/chall/0", ChallengeType::dns_01, name, "t"},
                     {"https://ca/authz/1", "https://ca/chall/1", ChallengeType::http_01, name, "t"}};
  EXPECT_EQ(outcome_of(order, order.published.front()), ChallengeOutcome::failed);
  EXPECT_EQ(outcome_of(order, order.published.back()), ChallengeOutcome::accepted);
}

}  // namespace
}  // namespace certmgr::test
