// SPDX-License-Identifier: MIT
#include "certmgr/domain/organization.h"

#include <gmock/gmock.h>

#include <set>

#include "certmgr/domain/day.h"
#include "unit/domain/organization_builder.h"

namespace certmgr {
namespace {

using testing::complete_record;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(const std::vector<SubjectAttribute>& subject) {
  std::vector<std::string> all;
  for (const auto& attribute : subject) all.push_back(std::string(attribute.name) + "=" + attribute.value);
  return all;
}

TEST(Organization, ItsOvSubjectIsCountryStateLocalityName) {
  EXPECT_THAT(texts(subject_of(complete_record(), OrganizationLevel::ov)),
              ElementsAre("C=DE", "ST=Berlin", "L=Berlin", "O=Acme Telefonie GmbH"));
  auto city_state = complete_record();
  city_state.address_state = "";
  EXPECT_THAT(texts(subject_of(city_state, OrganizationLevel::ov)),
              ElementsAre("C=DE", "L=Berlin", "O=Acme Telefonie GmbH"));
}

TEST(Organization, ItsEvSubjectSaysWhereItIsRegistered) {
  auto record = complete_record();
  record.organization_identifier = "NTRDE-HRB 12345";
  EXPECT_THAT(
      texts(subject_of(record, OrganizationLevel::ev)),
      ElementsAre("jurisdictionC=DE", "jurisdictionST=Berlin", "jurisdictionL=Berlin",
                  "businessCategory=Private Organization", "serialNumber=HRB 12345", "C=DE", "ST=Berlin",
                  "L=Berlin", "O=Acme Telefonie GmbH", "organizationIdentifier=NTRDE-HRB 12345"));
  record.registration_number = "";
  record.registration_date = "1998-03-01";
  record.category = "non-commercial-entity";
  const auto dated = subject_of(record, OrganizationLevel::ev);
  EXPECT_EQ(dated[3].value, "Non-Commercial Entity");
  EXPECT_EQ(dated[4], (SubjectAttribute{"serialNumber", "2.5.4.5", "1998-03-01"}));
}

TEST(Organization, EveryAttributeOfASubjectIsFoundByItsOid) {
  OrganizationRecord record = complete_record();
  record.jurisdiction_locality = record.jurisdiction_state = "Berlin";
  record.organization_identifier = "VATDE-123456789";
  for (const auto& attribute : subject_of(record, OrganizationLevel::ev)) {
    // Not out of the text that is asked with: the views outlive it.
    const auto* kind = subject_kind(std::string(attribute.oid));
    ASSERT_NE(kind, nullptr) << attribute.oid;
    EXPECT_EQ(kind->name, attribute.name);
    EXPECT_EQ(kind->oid.data(), attribute.oid.data());
  }
  EXPECT_EQ(subject_kind("2.5.4.11"), nullptr);
}

TEST(Organization, TheTradeNameStandsBeforeTheLegalOne) {
  auto record = complete_record();
  record.assumed_name = "AcmeTel";
  EXPECT_EQ(organization_name(record), "AcmeTel (Acme Telefonie GmbH)");
  record.abbreviation = "Acme Tel. GmbH";
  EXPECT_EQ(organization_name(record), "AcmeTel (Acme Tel. GmbH)");
}

TEST(Organization, EveryFieldIsComparedAndSaysWhetherItIsIdentity) {
  const auto before = complete_record();
  EXPECT_THAT(differences(before, before), IsEmpty());
  std::set<std::string> contact_only;
  for (const auto& field : organization_fields()) {
    auto after = before;
    after.*field.text = "changed";
    const auto found = differences(before, after);
    ASSERT_EQ(found.size(), 1U) << field.name;
    EXPECT_EQ(found[0], (OrganizationDifference{std::string(field.name), before.*field.text, "changed",
                                                field.identity}));
    EXPECT_EQ(touches_identity(found), field.identity);
    if (!field.identity) contact_only.insert(std::string(field.name));
  }
  EXPECT_THAT(contact_only, ElementsAre("duns", "lei", "phone", "phone_listed_at"));
  auto after = before;
  after.contacts[0].title = "CEO";
  EXPECT_EQ(differences(before, after).at(0).field, "contacts");
  EXPECT_FALSE(touches_identity(differences(before, after)));
}

TEST(Organization, TheTableOfFieldsIsTheWholeRecord) {
  // A text that the table forgets would be neither stored nor compared.
  std::set<std::string OrganizationRecord::*,
           bool (*)(std::string OrganizationRecord::*, std::string OrganizationRecord::*)>
      seen([](auto a, auto b) {
        const OrganizationRecord record;
        return &(record.*a) < &(record.*b);
      });
  for (const auto& field : organization_fields()) seen.insert(field.text);
  EXPECT_EQ(seen.size(), organization_fields().size());
  EXPECT_EQ(sizeof(OrganizationRecord),
            (organization_fields().size() + 1) * sizeof(std::string) + sizeof(std::vector<int>));
}

TEST(Organization, WordsAreReadBack) {
  for (const auto level : {OrganizationLevel::ov, OrganizationLevel::ev})
    EXPECT_EQ(parse_organization_level(to_string(level)), level);
  for (const auto category : {BusinessCategory::private_organization, BusinessCategory::government_entity,
                              BusinessCategory::business_entity, BusinessCategory::non_commercial})
    EXPECT_EQ(parse_business_category(to_string(category)), category);
  EXPECT_FALSE(parse_organization_level("dv"));
  EXPECT_FALSE(parse_business_category(""));
}

TEST(Day, IsReadAndWritten) {
  EXPECT_EQ(to_text(*parse_day("2028-02-29")), "2028-02-29");
  for (const char* bad :
       {"", "2026-02-29", "2026-13-01", "2026-1-1", "26-01-01", "2026-01-01T", "2026/01/01"})
    EXPECT_FALSE(parse_day(bad)) << bad;
  EXPECT_EQ(day_of(*parse_rfc3339("2026-11-24T23:59:59Z")), *parse_day("2026-11-24"));
}

}  // namespace
}  // namespace certmgr
