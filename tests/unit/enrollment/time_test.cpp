// SPDX-License-Identifier: MIT
// What time does, and whose turn it is.
#include <gmock/gmock.h>

#include "enrollment_builder.h"

namespace certmgr::enrollment {
namespace {

using namespace testing;
using ::testing::ElementsAre;

TEST(EnrollmentTime, AnUndecidedRequestEndsAfterFourteenDays) {
  EXPECT_EQ(look_at(pending(), context()).wake_at, kNow + days(14));
  EXPECT_FALSE(look_at(pending(), context(kNow + days(14) - 1ms)).changed);
  const auto look = look_at(pending(), context(kNow + days(14)));
  ASSERT_TRUE(look.changed);
  EXPECT_EQ(std::get<Expired>(look.enrollment.state).trouble.code, "approval_expired");
  EXPECT_EQ(look.enrollment.entered_at, kNow + days(14));
  EXPECT_FALSE(look.wake_at);
}

TEST(EnrollmentTime, AnOrganizationThatIsNeverValidatedEndsItAfterThirtyDays) {
  const auto blocked = *apply(approved(), GatesSeen{{std::nullopt}}, context());
  EXPECT_EQ(look_at(blocked, context()).wake_at, kNow + days(30));
  EXPECT_FALSE(look_at(blocked, context(kNow + days(30) - 1ms)).changed);
  const auto look = look_at(blocked, context(kNow + days(30)));
  EXPECT_EQ(std::get<Failed>(look.enrollment.state).trouble.code, "org_not_validated");
  EXPECT_FALSE(apply(blocked, GatesSeen{open_gates()}, context(kNow + days(30))));
}

TEST(EnrollmentTime, AnApprovedOneIsDueAtOnce) {
  EXPECT_EQ(look_at(approved(), context(kNow + 5h)).wake_at, kNow + 5h);
}

TEST(EnrollmentTime, ASilentCaIsToldOfAfterADayThreeDaysAndThenDaily) {
  auto enrollment = *apply(approved(), GatesSeen{open_gates()}, context());
  std::vector<std::int64_t> hours;
  Instant now = kNow;
  for (int i = 0; i < 6; ++i) {
    const auto look = look_at(enrollment, context(now));
    enrollment = look.enrollment;
    if (look.reminder)
      hours.push_back(std::chrono::duration_cast<std::chrono::hours>(look.reminder->since).count());
    EXPECT_EQ(look.changed, look.reminder.has_value());
    EXPECT_FALSE(look_at(enrollment, context(now)).changed) << "a second look finds nothing new";
    ASSERT_TRUE(look.wake_at);
    ASSERT_GT(*look.wake_at, now);
    now = *look.wake_at;
  }
  EXPECT_THAT(hours, ElementsAre(24, 72, 96, 120, 144));
}

TEST(EnrollmentTime, WhoWasAwayIsToldOnce) {
  const auto enrollment = *apply(approved(), GatesSeen{open_gates()}, context());
  const auto look = look_at(enrollment, context(kNow + days(10)));
  EXPECT_EQ(look.reminder, SlowCa{days(10)});
  EXPECT_EQ(look.wake_at, kNow + days(11));
}

TEST(EnrollmentTime, LeavesTheOthersAlone) {
  const std::set<std::string> clocked{"pending_approval", "blocked_org", "ordering"};
  for (const auto& each : one_of_each()) {
    if (clocked.contains(std::string(name_of(each.state)))) continue;
    const auto look = look_at(each, context(kNow + days(10000)));
    EXPECT_FALSE(look.changed || look.reminder) << name_of(each.state);
    EXPECT_EQ(look.wake_at.has_value(), name_of(each.state) == "approved") << name_of(each.state);
  }
}

TEST(EnrollmentTurn, SaysWhoMustActAndWhatToRun) {
  const std::map<std::string, std::pair<Party, const char*>> table{
      {"draft", {Party::requester, ""}},
      {"pending_approval", {Party::approver, "certmgr enrollment approve 5 --request <hash>"}},
      {"approved", {Party::clock, ""}},
      {"blocked_org", {Party::admin, "certmgr org show acme"}},
      {"blocked_ca", {Party::admin, "certmgr enrollment resume 5"}},
      {"ordering", {Party::ca, ""}},
      {"action_required", {Party::requester, "certmgr enrollment resume 5"}},
      {"quarantined", {Party::approver, "certmgr enrollment reject 5 --reason TEXT"}},
  };
  for (const auto& each : one_of_each()) {
    const auto turn = whose_turn(each, context(kNow + 1h));
    const auto row = table.find(std::string(name_of(each.state)));
    EXPECT_EQ(turn.party == Party::nobody, is_final(each.state)) << name_of(each.state);
    EXPECT_EQ(turn.since, kNow);
    if (row == table.end()) continue;
    EXPECT_EQ(turn.party, row->second.first) << row->first << " " << to_string(turn.party);
    std::string command = row->second.second;
    if (const auto hash = command.find("<hash>"); hash != std::string::npos)
      command.replace(hash, command.size(), hash_of(each).substr(0, kShortHash));
    EXPECT_EQ(turn.command, command) << row->first;
    EXPECT_FALSE(turn.what.empty());
  }
}

TEST(EnrollmentTurn, SaysHowLong) {
  EXPECT_EQ(whose_turn(pending(), context()).until, kNow + days(14));
  auto word = approval(pending());
  word.window = {kNow + 10h, kNow + 20h};
  const auto waits = *apply(pending(), word, context());
  EXPECT_EQ(whose_turn(waits, context()).until, kNow + 10h) << "the window opens";
  EXPECT_EQ(whose_turn(waits, context(kNow + 11h)).until, kNow + 20h) << "it closes";
  const auto half = *apply(pending(), approval(pending()), context(kNow, 2));
  EXPECT_EQ(whose_turn(half, context(kNow, 2)).what, "approval 2 of 2");
}

TEST(EnrollmentPatience, IsThatOfVettingDesks) {
  EXPECT_EQ(kVettingPatience.poll_first, Duration(100ms))
      << "a CA that knows the organization issues at once";
  EXPECT_EQ(kVettingPatience.poll_most, Duration(3h));
  EXPECT_EQ(kVettingPatience.give_up, Duration(days(30)));
}

}  // namespace
}  // namespace certmgr::enrollment
