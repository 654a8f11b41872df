// SPDX-License-Identifier: MIT
// Every state with every event.
#include "certmgr/domain/enrollment/machine.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "enrollment_builder.h"

namespace certmgr::enrollment {
namespace {

using namespace testing;
using ::testing::HasSubstr;

Request edited(const Enrollment& enrollment) {
  auto wanted = enrollment.request;
  wanted.spec.key_type = KeyType::rsa_3072;
  return wanted;
}

/// Every event, by those who may and with what it needs to be possible.
std::vector<Event> events_for(const Enrollment& enrollment) {
  return {Submit{kAlice},
          Edit{kAlice, edited(enrollment)},
          approval(enrollment),
          Deny{kBob, "too expensive"},
          Withdraw{kAlice, "not needed"},
          Resume{kAlice},
          Accept{kBob, "the CA is asked"},
          Reject{kBob, "wrong"},
          Await{kBob, "the CA says it follows"},
          GatesSeen{open_gates()},
          CaAsks{demand(), "https://ca.example/1"},
          CertificateSeen{21, clean()},
          OrderEnded{demand()}};
}

TEST(EnrollmentMachine, EveryStateKnowsItsEventsAndNoOthers) {
  const std::map<std::pair<std::string, std::string>, std::string> table{
      {{"draft", "submit"}, "pending_approval"},
      {{"draft", "edit"}, "draft"},
      {{"draft", "withdraw"}, "withdrawn"},
      {{"pending_approval", "edit"}, "pending_approval"},
      {{"pending_approval", "approve"}, "approved"},
      {{"pending_approval", "deny"}, "denied"},
      {{"pending_approval", "withdraw"}, "withdrawn"},
      {{"approved", "edit"}, "pending_approval"},
      {{"approved", "deny"}, "denied"},
      {{"approved", "withdraw"}, "withdrawn"},
      {{"approved", "gates_seen"}, "ordering"},
      {{"blocked_org", "edit"}, "pending_approval"},
      {{"blocked_org", "deny"}, "denied"},
      {{"blocked_org", "withdraw"}, "withdrawn"},
      {{"blocked_org", "resume"}, "approved"},
      {{"blocked_org", "gates_seen"}, "approved"},
      {{"blocked_ca", "edit"}, "pending_approval"},
      {{"blocked_ca", "deny"}, "denied"},
      {{"blocked_ca", "withdraw"}, "withdrawn"},
      {{"blocked_ca", "resume"}, "approved"},
      {{"blocked_ca", "gates_seen"}, "approved"},
      {{"ordering", "withdraw"}, "withdrawn"},
      {{"ordering", "ca_asks"}, "action_required"},
      {{"ordering", "certificate_seen"}, "issued"},
      {{"ordering", "order_ended"}, "failed"},
      {{"action_required", "withdraw"}, "withdrawn"},
      {{"action_required", "resume"}, "ordering"},
      {{"action_required", "ca_asks"}, "action_required"},
      {{"action_required", "certificate_seen"}, "issued"},
      {{"action_required", "order_ended"}, "failed"},
      {{"quarantined", "accept"}, "issued"},
      {{"quarantined", "reject"}, "failed"},
      {{"quarantined", "await"}, "ordering"},
  };
  std::size_t moved = 0;
  std::set<std::string> states;
  for (const auto& before : one_of_each()) {
    const std::string state(name_of(before.state));
    states.insert(state);
    const auto events = events_for(before);
    ASSERT_EQ(events.size(), std::variant_size_v<Event>) << "an event is missing in this test";
    for (const auto& event : events) {
      const std::string verb(name_of(event));
      const auto after = apply(before, event, context(kNow + 1h));
      const auto found = table.find({state, verb});
      if (found == table.end()) {
        ASSERT_FALSE(after) << state << " " << verb;
        const bool told = verb == "approve" && (state == "denied" || state == "expired");
        EXPECT_EQ(after.error().code, told ? "approval_" + state : "wrong_state") << state << " " << verb;
        EXPECT_FALSE(after.error().why.empty() || after.error().hint.empty());
        continue;
      }
      ++moved;
      ASSERT_TRUE(after) << state << " " << verb << ": " << after.error().message();
      EXPECT_EQ(name_of(after->state), found->second) << state << " " << verb;
      EXPECT_EQ(after->id, before.id);
      EXPECT_GE(after->approvals.size(), before.approvals.size()) << "records of approvals never go";
    }
  }
  EXPECT_EQ(moved, table.size());
  EXPECT_EQ(states.size(), std::variant_size_v<State>) << "a state is missing in this test";
}

TEST(EnrollmentMachine, EndsAreFinal) {
  const std::set<std::string> ends{"issued", "denied", "withdrawn", "expired", "failed"};
  for (const auto& each : one_of_each())
    EXPECT_EQ(is_final(each.state), ends.contains(std::string(name_of(each.state)))) << name_of(each.state);
}

TEST(EnrollmentMachine, WhatPeopleDoNeedsTheirRole) {
  const Actor auditor{"eve", {Role::auditor}};
  for (const auto& before : one_of_each())
    for (auto event : events_for(before)) {
      if (!apply(before, event, context()) || actor_of(event) == nullptr) continue;
      std::visit(
          [&](auto& e) {
            if constexpr (requires { e.by; }) e.by = auditor;
          },
          event);
      const auto refused = apply(before, event, context());
      ASSERT_FALSE(refused) << name_of(before.state) << " " << name_of(event);
      EXPECT_EQ(refused.error().code, "not_permitted") << name_of(event);
    }
}

TEST(EnrollmentMachine, TheSchedulerOpensRenewalsOnly) {
  auto renewal = request();
  EXPECT_EQ(open_enrollment(renewal, kScheduler, kNow).error().code, "not_permitted");
  renewal.renewal = true;
  EXPECT_TRUE(open_enrollment(renewal, kScheduler, kNow)->by_scheduler);
  EXPECT_EQ(apply(draft(kAlice), Submit{kScheduler}, context()).error().code, "not_permitted");
  EXPECT_EQ(open_enrollment(request(), kBob, kNow).error().code, "not_permitted");
}

TEST(EnrollmentMachine, OnlyWhoRequestedWithdrawsAndAnAdmin) {
  const Actor other{"dan", {Role::requester}};
  EXPECT_EQ(apply(pending(), Withdraw{other}, context()).error().code, "not_permitted");
  EXPECT_TRUE(apply(pending(), Withdraw{kRoot}, context()));
  const auto withdrawn = apply(pending(), Withdraw{kAlice, "not needed"}, context());
  EXPECT_EQ(std::get<Withdrawn>(withdrawn->state).by, "alice");
}

TEST(EnrollmentMachine, WithoutAQuorumNobodyIsAsked) {
  const auto free = context(kNow, 0);
  const auto enrollment = *apply(draft(), Submit{kAlice}, free);
  EXPECT_EQ(std::get<Approved>(enrollment.state).warrant, Warrant::not_wanted);
  EXPECT_EQ(name_of(apply(enrollment, Edit{kAlice, edited(enrollment)}, free)->state), "approved");
}

struct Gate {
  const char* name;
  GateFacts facts;
  const char* state;
  const char* code;
};

TEST(EnrollmentGates, EachLeadsWhereItShould) {
  auto other_ca = validation();
  other_ca.ca = "digicert";
  auto other_level = validation();
  other_level.level = OrganizationLevel::ev;
  auto other_organization = validation();
  other_organization.organization_id = 8;
  auto old = validation();
  old.expires = day_of(kNow);
  std::vector<Gate> table{
      {"open", open_gates(), "ordering", ""},
      {"never submitted", {std::nullopt}, "blocked_org", "org_not_validated"},
      {"of another CA", {other_ca}, "blocked_org", "org_not_validated"},
      {"of another level", {other_level}, "blocked_org", "org_not_validated"},
      {"of another organization", {other_organization}, "blocked_org", "org_not_validated"},
      {"ended, and nobody has looked", {old}, "blocked_org", "org_validation_expired"},
      {"level", {validation(), CaStanding::level_not_offered}, "blocked_ca", "level_not_offered"},
      {"renamed",
       {validation(), CaStanding::ready, {}, {{"O", "2.5.4.10", "Bonn GmbH"}}},
       "blocked_org",
       "organization_changed"},
      {"account used", {validation(), CaStanding::eab_consumed}, "blocked_ca", "eab_consumed"},
  };
  for (const auto state : validation_states()) {
    if (is_in_force(state)) continue;
    table.push_back({"by its state",
                     {validation(state)},
                     "blocked_org",
                     state == ValidationState::expired ? "org_validation_expired" : "org_not_validated"});
  }
  table.push_back({"soon to end", {validation(ValidationState::expiring)}, "ordering", ""});
  for (const auto& each : table) {
    const auto after = *apply(approved(), GatesSeen{each.facts}, context());
    EXPECT_EQ(name_of(after.state), each.state) << each.name;
    if (const auto* org = std::get_if<BlockedOrg>(&after.state)) {
      EXPECT_EQ(org->trouble.code, each.code);
    }
    if (const auto* ca = std::get_if<BlockedCa>(&after.state)) {
      EXPECT_EQ(ca->trouble.code, each.code);
    }
  }
}

TEST(EnrollmentGates, ABlockedOneStaysUntilItsOwnGateOpens) {
  auto blocked = *apply(approved(), GatesSeen{{std::nullopt}}, context());
  blocked = *apply(blocked, GatesSeen{{validation(ValidationState::in_vetting)}}, context(kNow + 1h));
  EXPECT_THAT(std::get<BlockedOrg>(blocked.state).trouble.why, HasSubstr("in_vetting"));
  EXPECT_EQ(blocked.entered_at, kNow) << "the time limit goes on";
  auto no_account = *apply(approved(), GatesSeen{{validation(), CaStanding::level_not_offered}}, context());
  no_account = *apply(no_account, GatesSeen{{validation(), CaStanding::eab_consumed}}, context(kNow + 1h));
  EXPECT_EQ(std::get<BlockedCa>(no_account.state).trouble.code, "eab_consumed");
}

TEST(EnrollmentMachine, TheCaIsFollowedThroughItsDemands) {
  auto enrollment = *apply(approved(), GatesSeen{open_gates()}, context());
  std::get<Ordered>(enrollment.state).order_id = 11;
  enrollment = *apply(enrollment, CaAsks{demand(), "https://ca.example/1"}, context(kNow + 1h));
  EXPECT_EQ(std::get<ActionRequired>(enrollment.state).url, "https://ca.example/1");
  enrollment = *apply(enrollment, Resume{kAlice}, context(kNow + 2h));
  EXPECT_EQ(std::get<Ordered>(enrollment.state).order_id, 11) << "it is the same order";
  EXPECT_EQ(std::get<Ordered>(enrollment.state).placed_at, kNow);
}

TEST(Enrollment, ShowsTheStateOfItsOrderWhileThatGoesItsWay) {
  const State ordered = Ordered{};
  const std::pair<OrderState, const char*> table[] = {
      {certmgr::Approved{}, "ordering"},
      {Ordering{"k"}, "ordering"},
      {Validating{}, "validating"},
      {Ready{}, "ready"},
      {AwaitingCa{}, "awaiting_ca"},
      {Verifying{}, "verifying"},
      {certmgr::Issued{}, "verifying"},
      {certmgr::Quarantined{}, "verifying"},
      {certmgr::Failed{demand(), ""}, "verifying"},
  };
  for (const auto& [order, word] : table) EXPECT_EQ(shown_state(ordered, &order), word);
  EXPECT_EQ(shown_state(ordered, nullptr), "ordering");
  const OrderState below = AwaitingCa{};
  EXPECT_EQ(shown_state(Quarantined{}, &below), "quarantined");
}

}  // namespace
}  // namespace certmgr::enrollment
