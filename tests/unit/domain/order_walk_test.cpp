// SPDX-License-Identifier: MIT
// Every state with every outcome, and random walks: what must hold whatever the CA does.
#include <gtest/gtest.h>

#include <random>

#include "order_builder.h"

namespace certmgr::test {
namespace {

std::vector<OrderState> all_states() {
  return {Approved{},
          Ordering{"key1"},
          Ordering{"key1", true},
          validating(),
          Ready{"https://ca/order/1", "https://ca/finalize/1", "key1"},
          AwaitingCa{"https://ca/order/1", "key1"},
          AwaitingCa{"https://ca/order/1", "key1", "https://ca/cert/1"},
          Verifying{"https://ca/order/1", "https://ca/cert/1", "key1"},
          Issued{3},
          Quarantined{4, trouble(TroubleKind::permanent), "https://ca/order/1", "https://ca/cert/1", "key1"},
          Failed{trouble(TroubleKind::permanent), ""},
          Withdrawn{}};
}

ChainFacts good_chain() {
  ChainFacts facts;
  facts.spki_sha256 = "aa";
  facts.identifiers = names({"a.example", "b.example"});
  facts.not_before = kNow - 1h;
  facts.not_after = kNow + 100000h;
  return facts;
}

std::vector<OrderOutcome> all_outcomes() {
  std::vector<OrderOutcome> all{KeyMade{"key1"},
                                NoLostOrder{},
                                PlacingNoted{},
                                ProofAnswered{},
                                AnsweredAgain{},
                                ProofsWithdrawn{},
                                ChainDownloaded{good_chain(), "aa"},
                                ChainDownloaded{good_chain(), "bb"}};
  for (const auto status : {CaStatus::pending, CaStatus::ready, CaStatus::processing, CaStatus::valid,
                            CaStatus::invalid, CaStatus::unknown}) {
    all.emplace_back(seen(status));
    all.emplace_back(seen(status, kNow + 10s, true));
  }
  for (const auto status : {CaStatus::pending, CaStatus::valid, CaStatus::invalid, CaStatus::deactivated})
    all.emplace_back(AuthorizationSeen{authorization(status)});
  for (const auto kind : {TroubleKind::usage, TroubleKind::configuration, TroubleKind::transient,
                          TroubleKind::permanent, TroubleKind::waiting, TroubleKind::store})
    for (const auto& outcome :
         {OrderOutcome(Troubled{trouble(kind), 0.5}), OrderOutcome(ProofUnpublished{trouble(kind), 0.5})})
      all.push_back(outcome);
  all.emplace_back(ProofLocated{"proofs.example"});
  all.emplace_back(ProofUnseen{2s, "ns1 has no record", 10min});
  all.emplace_back(ProofUnseen{2s, "ns1 has no record", 0s});
  return all;
}

TEST(OrderWalk, EveryStateTakesEveryOutcomeWithoutLosingItsFacts) {
  for (const auto& state : all_states()) {
    for (const auto& outcome : all_outcomes()) {
      const Order before = order_in(state);
      const Order after = apply(before, outcome, kNow);
      EXPECT_EQ(after.id, before.id);
      EXPECT_EQ(after.spec, before.spec);
      EXPECT_GE(after.wake_at, before.wake_at) << name_of(before.state) << " -> " << name_of(after.state);
      if (const auto* failed = std::get_if<Failed>(&after.state)) {
        EXPECT_FALSE(failed->trouble.message().empty());
      }
    }
  }
}

TEST(OrderWalk, FinalStatesStayWhatTheyAre) {
  for (const auto& state : {OrderState{Issued{3}}, OrderState{Withdrawn{}}}) {
    for (const auto& outcome :
         {OrderOutcome{ProofsWithdrawn{}}, OrderOutcome{Troubled{trouble(TroubleKind::transient), 0}}})
      EXPECT_EQ(name_of(apply(order_in(state), outcome, kNow).state), name_of(state));
  }
}

TEST(OrderWalk, NoWalkIsIssuedWithoutTheRightCertificateAndNoKeyChangesOnTheWay) {
  std::mt19937 random(20261124);
  const auto outcomes = all_outcomes();
  int issued = 0;
  for (int walk = 0; walk < 20000; ++walk) {
    Order order = order_in(Approved{});
    bool right_certificate = false;
    std::string key;
    for (int step = 0; step < 40 && !is_final(order.state); ++step) {
      const auto& outcome =
          outcomes[std::uniform_int_distribution<std::size_t>(0, outcomes.size() - 1)(random)];
      const bool verifying = is<Verifying>(order);
      order = apply(order, outcome, kNow);
      if (const auto* chain = std::get_if<ChainDownloaded>(&outcome))
        right_certificate = right_certificate || (verifying && chain->expected_spki_sha256 == "aa");
      if (const auto used = key_id_of(order.state); !used.empty()) {
        if (key.empty()) key = used;
        ASSERT_EQ(used, key);
      }
    }
    if (is<Issued>(order)) {
      ++issued;
      ASSERT_TRUE(right_certificate);
    }
  }
  EXPECT_GT(issued, 0) << "the walks never get there: the test proves nothing";
}

TEST(OrderWalk, DecideAlwaysHasAnAnswerAndWakesUpForOpenOrders) {
  for (const auto& state : all_states()) {
    for (const bool unsent : {false, true}) {
      for (const bool live : {false, true}) {
        const Order order = order_in(state);
        const auto action = decide(order, kNow, {unsent, live});
        EXPECT_EQ(std::holds_alternative<Nothing>(action), is_final(state)) << name_of(state);
        EXPECT_FALSE(describe(action, order).empty());
      }
    }
  }
}

}  // namespace
}  // namespace certmgr::test
