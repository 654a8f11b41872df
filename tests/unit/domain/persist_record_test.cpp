// SPDX-License-Identifier: MIT
#include "certmgr/domain/persist_record.h"

#include <gtest/gtest.h>

namespace certmgr {
namespace {

const std::string kAccount = "https://ca.example/acct/123";
const std::string kAnyDomain = "https://ca.example/any/123";  // the other way to name the same account
constexpr Instant kNow{std::chrono::seconds(1'800'000'000)};
constexpr Duration kSoon = std::chrono::hours(24 * 30);

std::string text(const std::string& more = "") { return "ca.example; accounturi=" + kAccount + more; }

TEST(PersistRecord, StandsBelowTheNameWithoutItsWildcard) {
  EXPECT_EQ(persist_name("example.org"), "_validation-persist.example.org");
  EXPECT_EQ(persist_name("*.example.org"), "_validation-persist.example.org");
}

TEST(PersistRecord, IsWrittenAsTheDraftHasIt) {
  EXPECT_EQ(to_text({"ca.example", kAccount, false, {}}), text());
  EXPECT_EQ(to_text({"ca.example", kAccount, true, kNow}),
            text("; policy=wildcard; persistUntil=1800000000"));
}

TEST(PersistRecord, ReadsWhatItWrites) {
  for (const PersistRecord& record :
       {PersistRecord{"ca.example", kAccount, false, {}}, PersistRecord{"ca.example", kAccount, true, {}},
        PersistRecord{"ca.example", kAccount, true, kNow}})
    EXPECT_EQ(parse_persist_record(to_text(record)), record);
}

TEST(PersistRecord, PassesOverWhatItDoesNotKnow) {
  const auto record =
      parse_persist_record(" CA.Example ;accounturi = " + kAccount + ";; x=y; Policy=WILDCARD;");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->issuer, "ca.example");
  EXPECT_EQ(record->account_uri, kAccount);
  EXPECT_TRUE(record->wildcard);
  EXPECT_FALSE(parse_persist_record(text("; policy=other"))->wildcard);
}

TEST(PersistRecord, RefusesWhatACaWouldNotTake) {
  for (const std::string& bad :
       {std::string(), std::string(";"), std::string("ca.example"), "; accounturi=" + kAccount,
        std::string("ca.example; accounturi="), text("; accounturi=" + kAccount), text("; policy"),
        text("; persistUntil=soon"), text("; persistUntil="), text("; persistUntil=-1"),
        text("; persistUntil=99999999999999999999"), text("; persistUntil=1e9"),
        text("; x=" + std::string(5000, 'y'))})
    EXPECT_FALSE(parse_persist_record(bad)) << bad;
}

TEST(PersistRecord, TheDraftIsChosenByItsNumber) {
  EXPECT_EQ(parse_persist_draft("00"), PersistDraft::draft_01);
  EXPECT_EQ(parse_persist_draft("01"), PersistDraft::draft_01);
  EXPECT_EQ(parse_persist_draft("02"), PersistDraft::draft_02);
  EXPECT_FALSE(parse_persist_draft("latest"));
  for (const auto draft : {PersistDraft::draft_01, PersistDraft::draft_02})
    EXPECT_EQ(parse_persist_draft(to_string(draft)), draft);
}

struct Case {
  const char* name;
  std::vector<std::string> values;
  PersistState state;
  const char* identifier = "example.org";
};

class PersistTable : public ::testing::TestWithParam<Case> {};

TEST_P(PersistTable, IsJudged) {
  const auto& c = GetParam();
  const auto judged = judge_persist(
      c.values, {c.identifier, {"ca.example", "alias.example"}, {kAccount, kAnyDomain}}, kNow, kSoon);
  EXPECT_EQ(to_string(judged.state), to_string(c.state));
  EXPECT_EQ(judged.wanted, text(std::string_view(c.identifier).starts_with("*.") ? "; policy=wildcard" : ""));
}

INSTANTIATE_TEST_SUITE_P(
    All, PersistTable,
    ::testing::Values(
        Case{"Good", {text()}, PersistState::good}, Case{"Missing", {}, PersistState::missing},
        Case{"Noise", {"v=spf1 -all", "x"}, PersistState::missing},
        Case{"OtherIssuer", {"other.example; accounturi=" + kAccount}, PersistState::missing},
        Case{"SecondIssuer", {"alias.example; accounturi=" + kAccount}, PersistState::good},
        Case{"OtherAccount",
             {"ca.example; accounturi=https://ca.example/acct/9"},
             PersistState::other_account},
        Case{"TheAccountNamedTheOtherWay", {"ca.example; accounturi=" + kAnyDomain}, PersistState::good},
        Case{"AccountInOtherCase",
             {"ca.example; accounturi=https://CA.example/acct/123"},
             PersistState::other_account},
        Case{"Wildcard", {text("; policy=wildcard")}, PersistState::good, "*.example.org"},
        Case{"NoWildcard", {text()}, PersistState::no_wildcard, "*.example.org"},
        Case{"WildcardForAName", {text("; policy=wildcard")}, PersistState::good},
        Case{"Expired", {text("; persistUntil=1800000000")}, PersistState::expired},
        Case{"ExpiresSoon", {text("; persistUntil=1800000001")}, PersistState::expires_soon},
        Case{"LastsLongEnough", {text("; persistUntil=1802592000")}, PersistState::good},
        Case{"TheBestCounts", {text("; persistUntil=1"), text()}, PersistState::good}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(PersistJudgement, WantsNothingThatItCannotName) {
  EXPECT_EQ(judge_persist({text()}, {"example.org", {"ca.example"}, {}}, kNow, kSoon).wanted, "");
  EXPECT_EQ(judge_persist({text()}, {"example.org", {}, {kAccount}}, kNow, kSoon).wanted, "");
}

TEST(PersistJudgement, NamesTheLatestEnd) {
  const auto judged = judge_persist({text("; persistUntil=1800000002"), text("; persistUntil=1800000009")},
                                    {"example.org", {"ca.example"}, {kAccount}}, kNow, kSoon);
  EXPECT_EQ(judged.until, Instant(std::chrono::seconds(1'800'000'009)));
}

}  // namespace
}  // namespace certmgr
