// SPDX-License-Identifier: MIT
#include "certmgr/domain/organization_validation.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

namespace certmgr {
namespace {

using ::testing::HasSubstr;
using State = ValidationState;

Day day(const char* text) { return *parse_day(text); }
Instant at(const char* text) { return Instant(day(text)); }
const Instant kNow = at("2026-11-24");

OrganizationValidation in(State state, OrganizationLevel level = OrganizationLevel::ov) {
  OrganizationValidation validation;
  validation.ca = "sectigo";
  validation.level = level;
  validation.state = state;
  validation.entered_at = kNow;
  validation.record_version = 1;
  return validation;
}

OrganizationValidation validated_on(const char* collected) {
  return *apply(in(State::in_vetting), Validated{day(collected), {}, {}}, at(collected));
}

/// Every event, with what it needs to be possible.
std::vector<ValidationEvent> events() {
  return {Submitted{1, ""},
          Acknowledged{"org-1"},
          ActionAsked{"the register extract", "https://ca.example/1"},
          Answered{},
          Validated{day("2026-11-20"), {}, {}},
          Refused{"denied list"},
          RecordEdited{2, "legal_name"},
          Resubmitted{2},
          Replaced{}};
}

TEST(OrganizationValidation, EveryStateKnowsItsEventsAndNoOthers) {
  const std::map<std::pair<State, std::string>, State> table{
      {{State::draft, "submit"}, State::submitted},
      {{State::submitted, "acknowledge"}, State::in_vetting},
      {{State::in_vetting, "ask"}, State::action_required},
      {{State::action_required, "answer"}, State::in_vetting},
      {{State::in_vetting, "validated"}, State::validated},
      {{State::in_vetting, "reject"}, State::rejected},
      {{State::action_required, "reject"}, State::rejected},
      {{State::submitted, "edit"}, State::suspended},
      {{State::in_vetting, "edit"}, State::suspended},
      {{State::action_required, "edit"}, State::suspended},
      {{State::validated, "edit"}, State::suspended},
      {{State::expiring, "edit"}, State::suspended},
      {{State::expired, "revalidate"}, State::submitted},
      {{State::suspended, "revalidate"}, State::submitted},
      {{State::validated, "replace"}, State::expired},
      {{State::expiring, "replace"}, State::expired},
  };
  std::size_t moved = 0;
  std::set<std::string> verbs;
  for (const auto state : validation_states()) {
    for (const auto& event : events()) {
      const std::string verb(name_of(event));
      verbs.insert(verb);
      const auto before = in(state);
      const auto after = apply(before, event, kNow + std::chrono::hours(1));
      const auto found = table.find({state, verb});
      if (found == table.end()) {
        ASSERT_FALSE(after) << to_string(state) << " " << verb;
        EXPECT_EQ(after.error().code, "wrong_state");
        EXPECT_THAT(after.error().why, HasSubstr(std::string(to_string(state))));
        EXPECT_FALSE(after.error().hint.empty());
        continue;
      }
      ++moved;
      ASSERT_TRUE(after) << to_string(state) << " " << verb << ": " << after.error().message();
      EXPECT_EQ(after->state, found->second) << to_string(state) << " " << verb;
      EXPECT_EQ(after->entered_at, kNow + std::chrono::hours(1));
    }
  }
  EXPECT_EQ(moved, table.size());
  EXPECT_EQ(verbs.size(), std::variant_size_v<ValidationEvent>) << "an event is missing in this test";
}

TEST(OrganizationValidation, LastsAsLongAsItsOldestEvidence) {
  const auto plain = validated_on("2026-03-15");
  EXPECT_EQ(plain.expires, day("2026-03-15") + std::chrono::days(398));
  EXPECT_EQ(to_text(*plain.expires), "2027-04-17");
  Validated said{day("2026-11-01"),
                 {{VettingItem::authority, day("2026-02-01")}, {VettingItem::address, day("2026-10-01")}},
                 {}};
  const auto older = *apply(in(State::in_vetting), said, kNow);
  EXPECT_EQ(older.collected_at, day("2026-02-01"));
  EXPECT_EQ(older.expires, evidence_expiry(day("2026-02-01")));
  said.valid_until = day("2026-12-31");
  EXPECT_EQ(apply(in(State::in_vetting), said, kNow)->expires, day("2026-12-31")) << "the CA's shorter end";
  said.valid_until = day("2099-01-01");
  EXPECT_EQ(apply(in(State::in_vetting), said, kNow)->expires, evidence_expiry(day("2026-02-01")))
      << "398 days bind the CA too";
}

TEST(OrganizationValidation, EvHasADateForEachItem) {
  const auto all = apply(in(State::in_vetting, OrganizationLevel::ev),
                         Validated{day("2026-11-01"), {{VettingItem::address, day("2026-05-01")}}, {}}, kNow);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->items.size(), 5U);
  EXPECT_EQ(all->items.at(VettingItem::operational), day("2026-11-01"));
  EXPECT_EQ(all->expires, evidence_expiry(day("2026-05-01")));
  const auto missing = apply(in(State::in_vetting, OrganizationLevel::ev),
                             Validated{{}, {{VettingItem::legal_existence, day("2026-05-01")}}, {}}, kNow);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "bad_validation");
  EXPECT_THAT(missing.error().why, HasSubstr("'address'"));
}

TEST(OrganizationValidation, DatesThatCannotBeAreRefused) {
  const struct {
    const char* name;
    Validated said;
    const char* word;
  } table[] = {
      {"none", {}, "is missing"},
      {"tomorrow", {day("2026-11-25"), {}, {}}, "future"},
      {"an item tomorrow", {day("2026-11-01"), {{VettingItem::address, day("2026-11-25")}}, {}}, "future"},
      {"too old", {day("2025-10-22"), {}, {}}, "398 days"},
      {"over already", {day("2026-11-01"), {}, day("2026-11-24")}, "2026-11-24"},
  };
  for (const auto& each : table) {
    const auto refused = apply(in(State::in_vetting), each.said, kNow);
    ASSERT_FALSE(refused) << each.name;
    EXPECT_EQ(refused.error().code, "bad_validation") << each.name;
    EXPECT_THAT(refused.error().why, HasSubstr(each.word)) << each.name;
  }
  EXPECT_TRUE(apply(in(State::in_vetting), Validated{day("2025-10-23"), {}, {}}, kNow)) << "its last day";
}

TEST(OrganizationValidation, KeepsWhatWasSaidOnTheWay) {
  auto validation = *apply(in(State::draft), Submitted{3, "first"}, kNow);
  EXPECT_EQ(validation.record_version, 3);
  EXPECT_EQ(validation.ca_reference, "first");
  validation = *apply(validation, Acknowledged{""}, kNow);
  EXPECT_EQ(validation.ca_reference, "first") << "nothing new was said";
  validation = *apply(validation, ActionAsked{"call back", "https://ca.example/1"}, kNow);
  EXPECT_EQ(validation.asked, "call back");
  EXPECT_EQ(validation.url, "https://ca.example/1");
  validation = *apply(validation, Answered{}, kNow);
  EXPECT_EQ(validation.asked + validation.url, "");
  validation = *apply(validation, Validated{day("2026-11-20"), {}, {}}, kNow);
  validation = *apply(validation, RecordEdited{4, "legal_name"}, kNow);
  EXPECT_THAT(validation.reason, HasSubstr("version 4"));
  EXPECT_THAT(validation.reason, HasSubstr("legal_name"));
  EXPECT_TRUE(validation.collected_at) << "what was true then stays on record";
  validation = *apply(validation, Resubmitted{4}, kNow);
  EXPECT_EQ(validation.record_version, 4);
  EXPECT_FALSE(validation.collected_at || validation.expires);
  EXPECT_EQ(validation.reason, "");
}

TEST(ValidationTimers, TellEachStepOnceAndEndIt) {
  auto validation = validated_on("2026-03-15");
  const Day end = *validation.expires;
  std::vector<int> told;
  std::vector<State> states;
  Instant now = at("2026-03-15");
  while (true) {
    const auto look = look_at(validation, now);
    validation = look.validation;
    if (look.reminder) told.push_back(look.reminder->days);
    if (states.empty() || states.back() != validation.state) states.push_back(validation.state);
    EXPECT_FALSE(look_at(validation, now).changed) << "a second look finds nothing new";
    if (!look.wake_at) break;
    ASSERT_GT(*look.wake_at, now);
    now = *look.wake_at;
  }
  EXPECT_THAT(told, ::testing::ElementsAre(60, 30, 14, 7, 1));
  EXPECT_THAT(states, ::testing::ElementsAre(State::validated, State::expiring, State::expired));
  EXPECT_EQ(now, Instant(end));
  EXPECT_THAT(validation.reason, HasSubstr(to_text(end)));
}

TEST(ValidationTimers, WhoWasAwayIsToldOnceOfWhatIsLeft) {
  auto validation = validated_on("2026-03-15");
  const auto look = look_at(validation, Instant(*validation.expires - std::chrono::days(10)));
  ASSERT_TRUE(look.reminder);
  EXPECT_EQ(*look.reminder, (ValidationReminder{ValidationReminder::Kind::ends, 10}));
  EXPECT_EQ(look.validation.state, State::expiring);
  EXPECT_EQ(look.wake_at, Instant(*validation.expires - std::chrono::days(7)));
  const auto late = look_at(validation, Instant(*validation.expires + std::chrono::days(100)));
  EXPECT_EQ(late.validation.state, State::expired);
  EXPECT_FALSE(late.reminder || late.wake_at);
}

TEST(ValidationTimers, ASlowCaIsChasedEveryTenDays) {
  auto vetting = *apply(in(State::submitted), Acknowledged{""}, kNow);
  EXPECT_EQ(look_at(vetting, kNow).wake_at, kNow + std::chrono::days(10));
  const auto look = look_at(vetting, kNow + std::chrono::days(10));
  ASSERT_TRUE(look.reminder);
  EXPECT_EQ(*look.reminder, (ValidationReminder{ValidationReminder::Kind::takes_long, 10}));
  EXPECT_FALSE(look_at(look.validation, kNow + std::chrono::days(11)).reminder);
  EXPECT_EQ(look_at(look.validation, kNow + std::chrono::days(20)).reminder->days, 20);
}

TEST(ValidationTimers, LeaveTheOtherStatesAlone) {
  for (const auto state : {State::draft, State::submitted, State::action_required, State::expired,
                           State::rejected, State::suspended}) {
    const auto look = look_at(in(state), kNow + std::chrono::days(10000));
    EXPECT_FALSE(look.changed || look.reminder || look.wake_at) << to_string(state);
  }
}

TEST(OrganizationValidation, WordsAreReadBack) {
  for (const auto state : validation_states()) EXPECT_EQ(parse_validation_state(to_string(state)), state);
  for (const auto item : vetting_items()) EXPECT_EQ(parse_vetting_item(to_string(item)), item);
  EXPECT_FALSE(parse_validation_state("") || parse_vetting_item(""));
}

}  // namespace
}  // namespace certmgr
