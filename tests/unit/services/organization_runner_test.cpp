// SPDX-License-Identifier: MIT
#include "certmgr/services/organization_runner.h"

#include <gmock/gmock.h>

#include "alarm_fakes.h"
#include "unit/domain/organization_builder.h"

namespace certmgr {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using State = ValidationState;
using std::chrono::days;

/// One organization, and what was settled about it.
class OneOrganization final : public OrganizationStore {
 public:
  std::optional<Organization> find_organization(const std::string&) override {
    return live ? std::optional(organization) : std::nullopt;
  }
  std::vector<Organization> organizations() override { return {organization}; }
  std::vector<Organization> versions(std::int64_t) override { return {organization}; }
  std::vector<OrganizationValidation> validations(std::int64_t) override { return cycles; }
  Organization add_organization(const OrganizationRecord&, const EventDraft&) override { return {}; }
  Organization edit_organization(const Organization&, const OrganizationRecord&,
                                 const std::vector<OrganizationValidation>&,
                                 const std::vector<EventDraft>&) override {
    return {};
  }
  void remove_organization(const Organization&, const EventDraft&) override {}
  void save_validations(const std::vector<OrganizationValidation>&, const std::vector<EventDraft>&) override {
  }
  void settle(std::int64_t, const std::vector<OrganizationValidation>&,
              const std::vector<OrganizationValidation>& changed, const std::vector<EventDraft>& events,
              std::optional<Instant> wake_at) override {
    for (const auto& one : changed)
      for (auto& cycle : cycles)
        if (cycle.id == one.id) cycle = one;
    for (const auto& event : events) noted.push_back(event.kind);
    due = wake_at;
  }

  Organization organization{7, 1, {}, testing::complete_record()};
  bool live = true;
  std::vector<OrganizationValidation> cycles;
  std::vector<std::string> noted;
  std::optional<Instant> due;
};

class OrganizationClocks : public ::testing::Test {
 protected:
  OrganizationValidation& cycle(State state, std::optional<Day> expires = {}) {
    OrganizationValidation validation;
    validation.id = static_cast<std::int64_t>(store_.cycles.size()) + 1;
    validation.organization_id = 7;
    validation.ca = "sectigo";
    validation.state = state;
    validation.entered_at = clock_.at;
    validation.expires = expires;
    // Newest first, as the store has them.
    return *store_.cycles.insert(store_.cycles.begin(), validation);
  }
  StepResult step() {
    alarms_ = {};
    return runner_.step(7, progress_);
  }
  std::string reminded() { return alarms_.reminded.empty() ? "" : alarms_.reminded.back().first.text; }

  testing::SetClock clock_;
  testing::NotedAlarms alarms_;
  testing::ScriptedNotifier notifier_;
  AlarmDesk desk_{alarms_, notifier_};
  testing::SilentProgress progress_;
  OneOrganization store_;
  OrganizationRunner runner_{store_, desk_, clock_};
};

TEST_F(OrganizationClocks, TellOfTheEndSixtyDaysAheadAndAgainAsItComesNearer) {
  const Day end = day_of(clock_.at) + days(90);
  cycle(State::validated, end);
  EXPECT_EQ(step().wake_at, Instant(end - days(60)));
  EXPECT_THAT(alarms_.reminded, IsEmpty());
  for (const int left : {60, 30, 14, 7, 1}) {
    clock_.at = Instant(end - days(left));
    step();
    EXPECT_THAT(reminded(), HasSubstr("ends in " + std::to_string(left) + " day")) << left;
    step();
    EXPECT_THAT(alarms_.reminded, IsEmpty()) << "said once";
  }
  EXPECT_THAT(store_.noted, ElementsAre("organization.expiring"));
  clock_.at = Instant(end);
  EXPECT_TRUE(step().finished);
  EXPECT_THAT(reminded(), HasSubstr("has ended"));
  EXPECT_THAT(store_.noted, ElementsAre("organization.expiring", "organization.expired"));
}

TEST_F(OrganizationClocks, SayWhichCommandBeginsTheNextCycle) {
  cycle(State::validated, day_of(clock_.at) + days(10)).level = OrganizationLevel::ev;
  step();
  ASSERT_EQ(alarms_.reminded.size(), 1U);
  const auto& draft = alarms_.reminded[0].first;
  EXPECT_EQ(draft.subject, "acme at sectigo (ev)");
  EXPECT_THAT(draft.hint, HasSubstr("certmgr org revalidate acme --ca sectigo --level ev"));
}

TEST_F(OrganizationClocks, ANewerCycleEndsTheAlarm) {
  cycle(State::expired);
  cycle(State::validated, day_of(clock_.at) + days(398));
  step();
  EXPECT_THAT(alarms_.raised, IsEmpty());
  EXPECT_THAT(alarms_.cleared,
              ::testing::Contains(std::pair(AlarmKind::validation_ending, "acme at sectigo (ov)")));
}

TEST_F(OrganizationClocks, TheOldCycleIsToldOfWhileTheNewOneIsVetted) {
  cycle(State::expiring, day_of(clock_.at) + days(7)).reminded = 14;
  cycle(State::in_vetting);
  const auto result = step();
  EXPECT_THAT(reminded(), HasSubstr("ends in 7 days"));
  EXPECT_FALSE(result.finished);
}

TEST_F(OrganizationClocks, ACaThatTakesLongIsToldOfEveryTenDays) {
  cycle(State::in_vetting);
  EXPECT_EQ(step().wake_at, clock_.at + days(10));
  EXPECT_THAT(alarms_.reminded, IsEmpty());
  for (int times = 0; times < 3; ++times) {
    clock_.at += days(10);
    step();
    EXPECT_THAT(reminded(), HasSubstr("sectigo has been looking at acme since")) << times;
  }
}

TEST_F(OrganizationClocks, WhatTheCaAsksForIsToldWithTheCommandThatAnswers) {
  auto& asked = cycle(State::action_required);
  asked.asked = "call +49 30 1";
  asked.url = "https://ca.example/case/1";
  EXPECT_TRUE(step().finished) << "time changes nothing here";
  ASSERT_EQ(alarms_.raised.size(), 1U);
  EXPECT_EQ(alarms_.raised[0].first.kind, AlarmKind::validation_waiting);
  EXPECT_THAT(alarms_.raised[0].first.text, HasSubstr("call +49 30 1"));
  EXPECT_THAT(alarms_.raised[0].first.hint, HasSubstr("https://ca.example/case/1"));
}

TEST_F(OrganizationClocks, ARemovedOrganizationAlarmsNobody) {
  cycle(State::action_required);
  store_.live = false;
  EXPECT_TRUE(step().finished);
  EXPECT_THAT(alarms_.raised, IsEmpty());
  EXPECT_THAT(alarms_.cleared, Not(IsEmpty()));
}

}  // namespace
}  // namespace certmgr
