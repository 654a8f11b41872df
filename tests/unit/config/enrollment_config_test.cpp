// SPDX-License-Identifier: MIT
// How requests for OV and EV are decided, and by whom.
#include <gmock/gmock.h>

#include "config/config.h"

namespace certmgr::config {
namespace {

using enrollment::Role;
using std::chrono::days;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr auto kOv = OrganizationLevel::ov;
constexpr auto kEv = OrganizationLevel::ev;

EnrollmentEntry entry_of(const std::string& text) { return value_or_throw(parse(text, "t.toml")).enrollment; }

TEST(EnrollmentConfig, OneApproverAndAtEvAnotherOneUnlessToldOtherwise) {
  const auto usual = entry_of("");
  for (const auto level : {kOv, kEv}) {
    EXPECT_EQ(usual.rules.at(level).quorum, 1);
    EXPECT_EQ(usual.rules.at(level).window, days(14));
    EXPECT_EQ(usual.rules.at(level).dual_control, level == kEv);
  }
  EXPECT_THAT(usual.fallback_dv, ::testing::IsEmpty());
  EXPECT_THAT(usual.lead, UnorderedElementsAre(Pair(kOv, days(7)), Pair(kEv, days(21))));
}

TEST(EnrollmentConfig, ALevelGoesBeforeWhatIsSaidForBoth) {
  // Their order in the file does not count.
  const auto entry = entry_of(R"(
[enrollment.ev]
quorum = 2
window = 5
fallback_level = "dv"
[enrollment]
quorum = 0
dual_control = true
window = 3
lead_days = 9
open_per_person = 3
[enrollment.ov]
dual_control = false
lead_days = 0
)");
  EXPECT_EQ(entry.open_per_person, 3);
  EXPECT_EQ(entry.rules.at(kOv).quorum, 0);
  EXPECT_FALSE(entry.rules.at(kOv).dual_control);
  EXPECT_EQ(entry.rules.at(kOv).window, days(3));
  EXPECT_EQ(entry.rules.at(kEv).quorum, 2);
  EXPECT_TRUE(entry.rules.at(kEv).dual_control);
  EXPECT_EQ(entry.rules.at(kEv).window, days(5));
  EXPECT_THAT(entry.fallback_dv, ElementsAre(kEv));
  EXPECT_THAT(entry.lead, UnorderedElementsAre(Pair(kOv, days(0)), Pair(kEv, days(9))));
  EXPECT_THAT(entry_of("[enrollment]\nfallback_level = \"dv\"").fallback_dv, ElementsAre(kOv, kEv));
}

TEST(EnrollmentConfig, RootIsEverythingUntilRolesAreGiven) {
  EXPECT_THAT(entry_of("").roles, UnorderedElementsAre(Pair(Role::admin, ElementsAre("root")),
                                                       Pair(Role::requester, ElementsAre("root")),
                                                       Pair(Role::approver, ElementsAre("root"))));
  EXPECT_THAT(entry_of("[roles]").roles, ::testing::IsEmpty()) << "then nobody is anything";
  EXPECT_THAT(
      entry_of("[roles]\nrequester = [\"alice\", \"@voip\"]\nauditor = [\"bob@example.com\"]\nadmin = []")
          .roles,
      UnorderedElementsAre(Pair(Role::requester, ElementsAre("alice", "@voip")),
                           Pair(Role::auditor, ElementsAre("bob@example.com"))));
}

TEST(EnrollmentConfig, RefusesWhatItCannotUse) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"[enrollment]\nquorum = 10", "from 0 to 9"},
      {"[enrollment]\nopen_per_person = 0", "from 1 to"},
      {"[enrollment.ov]\nquorum = -1", "'quorum' in [enrollment.ov] is not a whole number from 0 to 9"},
      {"[enrollment]\nwindow = 0", "from 1 to 398"},
      {"[enrollment]\nlead_days = 91", "from 0 to 90"},
      {"[enrollment]\ndual_control = \"on\"", "neither true nor false"},
      {"[enrollment]\nfallback_level = \"ov\"", "is 'ov', to which no certificate falls back"},
      {"[enrollment]\nqorum = 1", "'qorum' is not known in [enrollment]"},
      {"[enrollment.dv]", "'dv' is not known in [enrollment]"},
      {"[enrollment.ev]\nov = {}", "'ov' is not known in [enrollment.ev]"},
      {"[roles]\nadmn = [\"root\"]", "'admn' is not known in [roles]"},
      {"[roles]\nscheduler = [\"root\"]", "'scheduler' is not known in [roles]"},
      {"[roles]\nadmin = \"root\"", "is not a list"},
      {"[roles]\nadmin = [\"\"]", "names '', which is no user and no group"},
      {"[roles]\nadmin = [\"@\"]", "names '@'"},
      {"[roles]\nadmin = [\"alice, bob\"]", "names 'alice, bob'"},
      {"[roles]\napprover = [\"a\\u0007\"]", "which is no user"},
  };
  for (const auto& [text, why] : cases) {
    const auto refused = parse(text, "t.toml");
    ASSERT_FALSE(refused) << text;
    EXPECT_THAT(refused.error().why, HasSubstr(why)) << text;
    EXPECT_NE(refused.error().hint, "") << text;
  }
  EXPECT_EQ(parse("[roles]\nadmn = []", "t").error().hint, "did you mean 'admin'?");
}

}  // namespace
}  // namespace certmgr::config
