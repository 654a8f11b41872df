// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/grant.h"

#include <gmock/gmock.h>

#include <functional>

#include "enrollment_builder.h"

namespace certmgr::enrollment {
namespace {

using namespace testing;

Grant granted(const Context& when = context()) {
  auto grant = *grant_renewals(approved(), kBob, kNow + days(300), when);
  grant.id = 4;
  return grant;
}

std::string state_after_submit(const Enrollment& renewal, const Grant& grant, const Context& when) {
  return std::string(name_of(apply(renewal, Submit{kScheduler, grant}, when)->state));
}

TEST(Grant, LetsTheSchedulerRenewWithoutAsking) {
  const auto renewal = *apply(draft(kScheduler), Submit{kScheduler, granted()}, context());
  EXPECT_EQ(std::get<Approved>(renewal.state).warrant, Warrant::grant);
  EXPECT_EQ(renewal.grant_id, 4);
  GateFacts facts = open_gates();
  facts.grant = granted();
  EXPECT_EQ(name_of(apply(renewal, GatesSeen{facts}, context())->state), "ordering");
}

TEST(Grant, WithoutItPeopleAreAsked) {
  EXPECT_EQ(name_of(apply(draft(kScheduler), Submit{kScheduler}, context())->state), "pending_approval");
}

TEST(Grant, CoversWhatItWasMadeForAndNothingElse) {
  const struct {
    const char* name;
    std::function<void(Enrollment&, Grant&, Context&)> make;
    const char* code;  // "": covered
  } table[] = {
      {"the same", [](auto&, auto&, auto&) {}, ""},
      {"a newer version of the record, same identity",
       [](auto& e, auto&, auto&) { e.request.organization_version = 9; }, ""},
      {"a later revision", [](auto& e, auto&, auto&) { e.request.revision = 2; }, ""},
      {"another name", [](auto& e, auto&, auto&) { e.request.spec.identifiers[0].value = "z.example"; },
       "scope_changed"},
      {"another CA", [](auto& e, auto&, auto&) { e.request.spec.ca = "digicert"; }, "scope_changed"},
      {"another level", [](auto& e, auto&, auto&) { e.request.level = OrganizationLevel::ev; },
       "scope_changed"},
      {"another organization", [](auto& e, auto&, auto&) { e.request.organization_id = 8; }, "scope_changed"},
      {"a renamed organization", [](auto& e, auto&, auto&) { e.request.subject.back().value = "Acme AG"; },
       "scope_changed"},
      {"another key", [](auto& e, auto&, auto&) { e.request.spec.key_type = KeyType::rsa_2048; },
       "scope_changed"},
      {"edited by a person", [](auto& e, auto&, auto&) { e.authors.emplace_back("alice"); }, "scope_changed"},
      {"no renewal", [](auto& e, auto&, auto&) { e.request.renewal = false; }, "approval_required"},
      {"a person's", [](auto& e, auto&, auto&) { e.by_scheduler = false; }, "approval_required"},
      {"its last moment", [](auto&, auto&, auto& c) { c.now = kNow + days(300) - 1ms; }, ""},
      {"too late", [](auto&, auto&, auto& c) { c.now = kNow + days(300); }, "approval_expired"},
      {"revoked", [](auto&, auto& g, auto&) { g = *revoke_grant(g, kRoot, context().now); },
       "approval_expired"},
      {"of too few", [](auto&, auto&, auto& c) { c.rules.quorum = 2; }, "approval_required"},
  };
  for (const auto& each : table) {
    auto renewal = draft(kScheduler);
    auto grant = granted();
    auto when = context();
    each.make(renewal, grant, when);
    const auto lacks = grant_lacks(grant, renewal, when);
    EXPECT_EQ(lacks ? lacks->code : "", each.code) << each.name;
  }
}

TEST(Grant, IsLookedAtAnewBeforeTheOrder) {
  const auto renewal = *apply(draft(kScheduler), Submit{kScheduler, granted()}, context());
  GateFacts facts = open_gates();
  EXPECT_EQ(name_of(apply(renewal, GatesSeen{facts}, context())->state), "pending_approval") << "it is gone";
  facts.grant = *revoke_grant(granted(), kBob, context().now);
  const auto revoked = *apply(renewal, GatesSeen{facts}, context());
  EXPECT_EQ(name_of(revoked.state), "pending_approval");
  EXPECT_EQ(revoked.grant_id, 0);
  facts.grant = granted();
  facts.grant->id = 99;
  EXPECT_EQ(name_of(apply(renewal, GatesSeen{facts}, context())->state), "pending_approval") << "another one";
}

TEST(Grant, AnEditEndsItForThatRenewal) {
  const auto renewal = *apply(draft(kScheduler), Submit{kScheduler, granted()}, context());
  auto wanted = renewal.request;
  wanted.spec.profile.name = "long";
  const auto edited = *apply(renewal, Edit{kAlice, wanted}, context());
  EXPECT_EQ(name_of(edited.state), "pending_approval");
  EXPECT_EQ(edited.grant_id, 0);
}

TEST(Grant, IsAnApprovalInAdvanceAndHeldToItsRules) {
  const auto code = [](const Enrollment& enrollment, const Actor& by, Instant until,
                       const Context& when = context()) {
    const auto made = grant_renewals(enrollment, by, until, when);
    return made ? std::string() : made.error().code;
  };
  const Instant until = kNow + days(300);
  EXPECT_EQ(code(approved(), kBob, until), "");
  EXPECT_EQ(code(approved(), kAlice, until), "not_permitted");
  auto own = approved();
  own.authors.emplace_back("bob");
  EXPECT_EQ(code(own, kBob, until), "self_approval_forbidden");
  EXPECT_EQ(code(own, kBob, until, context(kNow, 1, false)), "");
  auto named = context();
  named.rules.approvers = {{"dora", std::nullopt}};
  EXPECT_EQ(code(approved(), kBob, until, named), "not_an_approver");
  EXPECT_EQ(code(approved(), kBob, kNow + days(398)), "");
  EXPECT_EQ(code(approved(), kBob, kNow + days(398) + 1ms), "bad_grant");
  EXPECT_EQ(code(approved(), kBob, kNow), "bad_grant");
}

TEST(Grant, StandsOnAnEnrollmentThatWasApproved) {
  const std::set<std::string> good{"approved", "blocked_org",     "blocked_ca",
                                   "ordering", "action_required", "issued"};
  for (const auto& each : one_of_each()) {
    const auto made = grant_renewals(each, kBob, kNow + days(300), context());
    EXPECT_EQ(made.has_value(), good.contains(std::string(name_of(each.state)))) << name_of(each.state);
    if (!made) {
      EXPECT_EQ(made.error().code, "approval_required");
    }
  }
}

TEST(Grant, AQuorumJoins) {
  const auto two = context(kNow, 2);
  auto grant = granted(two);
  EXPECT_EQ(state_after_submit(draft(kScheduler), grant, two), "pending_approval");
  grant = *join_grant(grant, approved(), kBob, two);
  EXPECT_EQ(grant.words.size(), 1U) << "one person is one";
  grant = *join_grant(grant, approved(), kCarol, two);
  EXPECT_EQ(state_after_submit(draft(kScheduler), grant, two), "approved");
  auto other = approved();
  other.request.spec.ca = "digicert";
  EXPECT_EQ(join_grant(grant, other, kCarol, two).error().code, "scope_changed");
  EXPECT_EQ(join_grant(*revoke_grant(grant, kRoot, two.now), approved(), kCarol, two).error().code,
            "bad_grant");
  EXPECT_EQ(join_grant(grant, approved(), kCarol, context(kNow + days(300), 2)).error().code, "bad_grant");
}

TEST(Grant, AWordBesideThoseThereAre) {
  const auto two = context(kNow, 2);
  const auto of = [&](int days_long, std::vector<Grant::Word> words, std::int64_t id = 4) {
    return Grant{id, granted(two).scope_hash, kNow + days(days_long), std::move(words)};
  };
  const Grant::Word bob{"bob", kNow - 1h};
  const Grant::Word carol{"carol", kNow - 2h};
  const Grant::Word carol_now{"carol", kNow};
  auto ended = of(-1, {bob});
  auto revoked = of(300, {bob});
  revoked.revoked_at = kNow - 1h;
  auto other = of(300, {bob});
  other.scope_hash = "another";
  const struct {
    const char* name;
    std::vector<Grant> known;
    int days_wanted;
    Grant becomes;  // by Carol's word
    bool changed;
  } table[] = {
      {"none", {}, 100, of(100, {carol_now}, 0), true},
      {"one that waits is joined", {of(300, {bob})}, 300, of(300, {bob, carol_now}), true},
      {"her shorter word counts", {of(300, {bob})}, 100, of(100, {bob, carol_now}), true},
      {"the other's shorter word counts", {of(100, {bob})}, 300, of(100, {bob, carol_now}), true},
      {"her own again", {of(300, {carol})}, 300, of(300, {carol}), false},
      {"her own again for longer", {of(100, {carol})}, 300, of(100, {carol}), false},
      {"her own again for less", {of(300, {carol})}, 100, of(100, {carol}), true},
      {"one that is whole and as long", {of(300, {bob, carol})}, 300, of(300, {bob, carol}), false},
      {"one that is whole and shorter", {of(100, {bob, carol})}, 300, of(300, {carol_now}, 0), true},
      {"ended, revoked, another scope", {ended, revoked, other}, 300, of(300, {carol_now}, 0), true},
  };
  for (const auto& row : table) {
    const auto given = give_grant(row.known, approved(), kCarol, kNow + days(row.days_wanted), two);
    ASSERT_TRUE(given) << row.name;
    EXPECT_EQ(given->grant, row.becomes) << row.name;
    EXPECT_EQ(given->changed, row.changed) << row.name;
  }
  EXPECT_EQ(give_grant({of(300, {bob, carol})}, approved(), kAlice, kNow + days(1), two).error().code,
            "not_permitted");
}

TEST(Grant, IsRevokedByAnApproverOrAnAdmin) {
  EXPECT_EQ(revoke_grant(granted(), kAlice, context().now).error().code, "not_permitted");
  const auto once = *revoke_grant(granted(), kRoot, context().now);
  EXPECT_EQ(once.revoked_by, "root");
  EXPECT_EQ(revoke_grant(once, kBob, kNow + 1h), once) << "the first one counts";
}

}  // namespace
}  // namespace certmgr::enrollment
