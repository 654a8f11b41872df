// SPDX-License-Identifier: MIT
#include "services/withdrawal_round.h"

#include <gmock/gmock.h>

#include "unit/services/scheduler_world.h"

namespace certmgr {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Leftover proof(const std::string& name, const std::string& provider = "hook") {
  Leftover left;
  left.proof.type = left.way.type = ChallengeType::dns_01;
  left.proof.identifier.value = name;
  left.way.provider = provider;
  return left;
}

class Withdrawal : public ::testing::Test {
 protected:
  std::function<Result<void>()> that_fails(Duration after) {
    return [this, after]() -> Result<void> {
      ++tries_;
      clock_.move(after);
      return fail({.kind = TroubleKind::transient, .what = "cannot remove it", .why = "the hook hangs"});
    };
  }
  std::vector<std::string> left() {
    std::vector<std::string> names;
    for (const auto& each : round_.left()) names.push_back(each.proof.identifier.value);
    return names;
  }

  testing::StillClock clock_;
  WithdrawalRound round_{clock_, true};
  int tries_ = 0;
};

TEST_F(Withdrawal, KeepsWhatFailedWithItsReason) {
  round_.take({proof("a")}, that_fails(1s));
  round_.take({proof("b")}, [] { return Result<void>(); });
  round_.take({proof("c")}, that_fails(1s));
  EXPECT_THAT(left(), ElementsAre("a", "c"));
  EXPECT_THAT(round_.left().front().why, HasSubstr("the hook hangs"));
  EXPECT_EQ(tries_, 2) << "one that fails at once keeps no other";
}

TEST_F(Withdrawal, DoesNotWaitForAWayThatHangsMoreThanOnce) {
  round_.take({proof("a")}, that_fails(60s));
  round_.take({proof("b")}, that_fails(60s));
  round_.take({proof("c", "another")}, that_fails(1s));
  EXPECT_EQ(tries_, 2);
  EXPECT_THAT(left(), ElementsAre("b", "a", "c")) << "b is first the next time";
  EXPECT_THAT(round_.left().front().why, HasSubstr("not tried"));
}

TEST_F(Withdrawal, TriesEachWhereThereIsNoNextTime) {
  WithdrawalRound last(clock_, false);
  last.take({proof("a")}, that_fails(60s));
  last.take({proof("b")}, that_fails(60s));
  EXPECT_EQ(tries_, 2);
}

TEST_F(Withdrawal, KeepsTheReasonOfATryBefore) {
  Leftover tried = proof("b");
  tried.why = "the provider is down";
  round_.take({proof("a")}, that_fails(60s));
  round_.take({tried}, that_fails(60s));
  EXPECT_EQ(round_.left().front().why, "the provider is down");
}

TEST_F(Withdrawal, OfSeveralAtOnceBeginsWithAnotherTheNextTime) {
  round_.take({proof("a"), proof("b"), proof("c")}, that_fails(60s));
  EXPECT_THAT(left(), ElementsAre("b", "c", "a"));
}

TEST_F(Withdrawal, ThatTakesLongAndEndsWellKeepsNoOther) {
  round_.take({proof("a")}, [this] {
    clock_.move(60s);
    return Result<void>();
  });
  round_.take({proof("b")}, [] { return Result<void>(); });
  EXPECT_THAT(left(), IsEmpty());
}

}  // namespace
}  // namespace certmgr
