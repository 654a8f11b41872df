// SPDX-License-Identifier: MIT
#include "adapters/store/fleet_store.h"
#include "adapters/store/organization_store.h"
#include "certmgr/domain/organization_events.h"
#include "integration/store/stores_fixture.h"
#include "unit/domain/organization_builder.h"

namespace certmgr::store::testing {
namespace {

using certmgr::testing::complete_record;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using State = ValidationState;

class OrganizationsTest : public Stores {
 protected:
  SqliteOrganizationStore sqlite_{bench_.database, bench_.clock};
  OrganizationStore& organizations_ = sqlite_;
  SqliteFleetStore fleet_{bench_.database, bench_.clock};

  Organization add(const std::string& name = "acme") {
    auto record = complete_record();
    record.name = name;
    return organizations_.add_organization(record, added_event(record));
  }
  static OrganizationValidation cycle(const Organization& organization, State state = State::submitted) {
    OrganizationValidation validation;
    validation.organization_id = organization.id;
    validation.ca = "sectigo";
    validation.state = state;
    validation.record_version = organization.version;
    return validation;
  }
  void save(const OrganizationValidation& validation) {
    organizations_.save_validations({validation}, {validation_event("acme", State::draft, validation)});
  }
  OrganizationValidation newest(const Organization& organization) {
    return organizations_.validations(organization.id).at(0);
  }
};

TEST_F(OrganizationsTest, GiveBackWhatWasAdded) {
  auto record = complete_record();
  for (const auto& field : organization_fields()) record.*field.text = "x " + std::string(field.name);
  for (const auto& field : contact_fields()) record.contacts[0].*field.text = "y " + std::string(field.name);
  const auto added = organizations_.add_organization(record, added_event(record));
  EXPECT_EQ(added.version, 1);
  EXPECT_EQ(added.changed_at, bench_.clock.now());
  const auto found = organizations_.find_organization("acme");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, added);
  EXPECT_EQ(found->record, record);
  EXPECT_EQ(organizations_.organizations(), std::vector{added});
  EXPECT_EQ(bench_.events.events("acme", 1).at(0).draft.kind, "organization.added");
  EXPECT_FALSE(organizations_.find_organization("other"));
  EXPECT_EQ(failure_of([&] { add(); }).code, "organization_exists");
  EXPECT_EQ(event_count(), 1U);
  expect_sound();
}

TEST_F(OrganizationsTest, KeepEveryVersion) {
  const auto first = add();
  auto record = first.record;
  record.legal_name = "Acme AG";
  const auto second = organizations_.edit_organization(first, record, {}, {changed_event("acme", 2, {})});
  EXPECT_EQ(second.version, 2);
  EXPECT_EQ(organizations_.find_organization("acme")->record, record);
  const auto versions = organizations_.versions(first.id);
  EXPECT_EQ(versions, (std::vector{second, first}));
  EXPECT_EQ(failure_of([&] { organizations_.edit_organization(first, record, {}, {}); }).code, "conflict")
      << "somebody edited it meanwhile";
  for (const char* statement :
       {"UPDATE organization_versions SET payload = '{}'", "DELETE FROM organization_versions",
        "INSERT OR REPLACE INTO organization_versions VALUES (1, 1, '{}', 1)",
        "INSERT INTO organization_versions VALUES (1, 1, '{}', 1)"})
    EXPECT_THAT(failure_of([&] { sql(bench_.database, statement); }).message(), HasSubstr("versions of"))
        << statement;
  expect_sound();
}

TEST_F(OrganizationsTest, AnEditAndWhatItSuspendsAreOneTransaction) {
  const auto first = add();
  save(cycle(first, State::validated));
  auto record = first.record;
  record.legal_name = "Acme AG";
  auto suspended = newest(first);
  suspended.state = State::suspended;
  suspended.reason = "edited";
  auto stale = suspended;
  stale.revision += 1;
  const auto events = event_count();
  EXPECT_EQ(failure_of([&] {
              organizations_.edit_organization(first, record, {stale}, {changed_event("acme", 2, {})});
            }).code,
            "conflict");
  EXPECT_EQ(organizations_.find_organization("acme")->version, 1);
  EXPECT_EQ(event_count(), events);
  organizations_.edit_organization(
      first, record, {suspended},
      {changed_event("acme", 2, {}), validation_event("acme", State::validated, suspended)});
  EXPECT_EQ(newest(first).state, State::suspended);
  EXPECT_EQ(newest(first).record_version, 1) << "what was validated was the first version";
  EXPECT_EQ(event_count(), events + 2);
  expect_sound();
}

TEST_F(OrganizationsTest, GiveBackAValidationAsItWasSaved) {
  const auto organization = add();
  auto validation = cycle(organization, State::expiring);
  validation.level = OrganizationLevel::ev;
  validation.ca_reference = "ref";
  validation.asked = "asked";
  validation.url = "url";
  validation.reason = "reason";
  validation.collected_at = parse_day("2026-01-01");
  validation.expires = parse_day("2026-12-31");
  validation.items = {{VettingItem::contact_method, *parse_day("2026-01-02")}};
  validation.reminded = 30;
  validation.chased_at = bench_.clock.now();
  validation.entered_at = bench_.clock.now();
  save(validation);
  auto found = newest(organization);
  EXPECT_GT(found.id, 0);
  EXPECT_EQ(found.revision, 1);
  validation.id = found.id;
  validation.revision = found.revision;
  EXPECT_EQ(found, validation);
  found.state = State::expired;
  save(found);
  EXPECT_EQ(newest(organization).state, State::expired);
  EXPECT_EQ(failure_of([&] { save(found); }).code, "conflict") << "its revision is the old one";
  expect_sound();
}

TEST_F(OrganizationsTest, OneRunsAndOneIsInForceForACaAndLevel) {
  const auto organization = add();
  save(cycle(organization, State::validated));
  save(cycle(organization, State::submitted));
  EXPECT_EQ(failure_of([&] { save(cycle(organization, State::in_vetting)); }).code, "conflict");
  EXPECT_EQ(failure_of([&] { save(cycle(organization, State::expiring)); }).code, "conflict");
  auto elsewhere = cycle(organization, State::submitted);
  elsewhere.ca = "digicert";
  save(elsewhere);
  elsewhere.level = OrganizationLevel::ev;
  save(elsewhere);
  save(cycle(organization, State::rejected));
  EXPECT_THAT(organizations_.validations(organization.id), SizeIs(5));
}

TEST_F(OrganizationsTest, ARemovedOneLeavesItsEvidenceAndItsName) {
  const auto organization = add();
  save(cycle(organization, State::validated));
  organizations_.remove_organization(organization, removed_event(organization));
  EXPECT_FALSE(organizations_.find_organization("acme"));
  EXPECT_THAT(organizations_.versions(organization.id), SizeIs(1));
  EXPECT_THAT(organizations_.validations(organization.id), SizeIs(1));
  EXPECT_EQ(
      failure_of([&] { organizations_.remove_organization(organization, removed_event(organization)); }).code,
      "conflict");
  const auto again = add();
  EXPECT_NE(again.id, organization.id);
  EXPECT_EQ(again.version, 1);
  EXPECT_THAT(organizations_.validations(again.id), SizeIs(0));
  expect_sound();
}

TEST_F(OrganizationsTest, TheirClocksAreLookedAtAfterEveryChangeAndWhenToldTo) {
  const auto organization = add();
  const auto due = [&]() -> std::optional<Instant> {
    const Claim found = claim({TaskKind::organization, organization.id});
    if (found.result == ClaimResult::gone) return std::nullopt;
    return found.due_at;
  };
  EXPECT_FALSE(due());
  save(cycle(organization, State::in_vetting));
  EXPECT_EQ(due(), bench_.clock.now());

  const auto seen = organizations_.validations(organization.id);
  auto chased = seen.at(0);
  chased.chased_at = bench_.clock.now();
  const Instant later = bench_.clock.now() + std::chrono::hours(240);
  organizations_.settle(organization.id, seen, {chased}, {}, later);
  EXPECT_EQ(due(), later);
  EXPECT_EQ(newest(organization).chased_at, bench_.clock.now());

  organizations_.settle(organization.id, seen, {chased}, {}, later + std::chrono::hours(1));
  EXPECT_EQ(due(), bench_.clock.now()) << "what was looked at is not there any more";
  organizations_.settle(organization.id, organizations_.validations(organization.id), {}, {}, std::nullopt);
  EXPECT_FALSE(due());
  organizations_.remove_organization(organization, removed_event(organization));
  EXPECT_EQ(due(), bench_.clock.now()) << "its alarms are to be cleared";
}

TEST_F(OrganizationsTest, ClocksNobodyLooksAtAreFound) {
  save(cycle(add(), State::in_vetting));
  expect_sound();
  sql(bench_.database, "DELETE FROM tasks");
  EXPECT_THAT(bench_.inspector.check().findings,
              ::testing::ElementsAre(HasSubstr("nobody looks at the clocks of organization")));
}

TEST_F(OrganizationsTest, ADamagedRowIsFound) {
  const auto organization = add();
  save(cycle(organization));
  sql(bench_.database, "UPDATE organization_validations SET expires_at = 5");
  EXPECT_THAT(bench_.inspector.check().findings.at(0), HasSubstr("its end and its payload disagree"));
  EXPECT_EQ(failure_of([&] { newest(organization); }).code, "store_corrupt");
}

TEST_F(OrganizationsTest, TheFleetFileMakesChangesAndRemovesThem) {
  Fleet wanted;
  wanted.organizations.resize(1);
  auto& record = wanted.organizations[0].organization.record;
  record = complete_record();
  const auto apply = [&](bool prune) {
    const Fleet present = fleet_.present();
    const auto plan = plan_fleet(wanted, present, prune);
    fleet_.apply(plan, wanted, present);
    return plan;
  };
  EXPECT_EQ(apply(false).counts.create, 1U);
  EXPECT_TRUE(apply(true).empty());
  const auto organization = *organizations_.find_organization("acme");
  save(cycle(organization, State::validated));
  EXPECT_THAT(fleet_.present().organizations.at(0).standing, SizeIs(1));
  record.legal_name = "Acme AG";
  EXPECT_EQ(apply(false).changes.at(0).effects.at(0), "suspends the ov validation at sectigo");
  EXPECT_EQ(organizations_.find_organization("acme")->version, 2);
  EXPECT_EQ(newest(organization).state, State::suspended);
  const auto event = bench_.events.events("acme", 1).at(0).draft;
  EXPECT_EQ(event.kind, "organization.suspended");
  EXPECT_EQ(event.data.at("by"), "apply");
  wanted.organizations.clear();
  EXPECT_EQ(apply(true).counts.remove, 1U);
  EXPECT_FALSE(organizations_.find_organization("acme"));
  expect_sound();
}

TEST_F(OrganizationsTest, APlanIsForTheValidationsItWasMadeWith) {
  const auto organization = add();
  const Fleet present = fleet_.present();
  const auto plan = plan_fleet({}, present, true);
  save(cycle(organization));
  EXPECT_EQ(failure_of([&] { fleet_.apply(plan, {}, present); }).code, "conflict");
}

}  // namespace
}  // namespace certmgr::store::testing
