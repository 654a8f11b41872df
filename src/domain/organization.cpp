// SPDX-License-Identifier: MIT
#include "certmgr/domain/organization.h"

#include <algorithm>
#include <array>
#include <utility>

namespace certmgr {
namespace {

using Record = OrganizationRecord;

struct CategoryWords {
  BusinessCategory category;
  std::string_view word;
  std::string_view subject;
};
constexpr std::array<CategoryWords, 4> kCategories{{
    {BusinessCategory::private_organization, "private-organization", "Private Organization"},
    {BusinessCategory::government_entity, "government-entity", "Government Entity"},
    {BusinessCategory::business_entity, "business-entity", "Business Entity"},
    {BusinessCategory::non_commercial, "non-commercial-entity", "Non-Commercial Entity"},
}};

// What subjects are made of; all of it stands in kSubjectKinds.
constexpr SubjectKind kJurisdictionCountry{"jurisdictionC", "1.3.6.1.4.1.311.60.2.1.3"};
constexpr SubjectKind kJurisdictionState{"jurisdictionST", "1.3.6.1.4.1.311.60.2.1.2"};
constexpr SubjectKind kJurisdictionLocality{"jurisdictionL", "1.3.6.1.4.1.311.60.2.1.1"};
constexpr SubjectKind kBusinessCategory{"businessCategory", "2.5.4.15"};
constexpr SubjectKind kSerialNumber{"serialNumber", "2.5.4.5"};
constexpr SubjectKind kCountry{"C", "2.5.4.6"};
constexpr SubjectKind kState{"ST", "2.5.4.8"};
constexpr SubjectKind kLocality{"L", "2.5.4.7"};
constexpr SubjectKind kOrganization{"O", "2.5.4.10"};
constexpr SubjectKind kOrganizationIdentifier{"organizationIdentifier", "2.5.4.97"};
constexpr std::array<SubjectKind, 10> kSubjectKinds{kJurisdictionCountry,
                                                    kJurisdictionState,
                                                    kJurisdictionLocality,
                                                    kBusinessCategory,
                                                    kSerialNumber,
                                                    kCountry,
                                                    kState,
                                                    kLocality,
                                                    kOrganization,
                                                    kOrganizationIdentifier};

/// Contacts are compared as a whole: what matters is that somebody else is meant.
std::string contact_words(const std::vector<OrganizationContact>& contacts) {
  std::string text;
  for (const auto& contact : contacts) {
    text += (text.empty() ? "" : ", ") + contact.name;
    if (contact.roles.empty()) continue;
    std::string roles;
    for (const auto& role : contact.roles) roles += (roles.empty() ? "" : " ") + role;
    text += " (" + roles + ")";
  }
  return text;
}

}  // namespace

std::string_view to_string(OrganizationLevel level) { return level == OrganizationLevel::ov ? "ov" : "ev"; }

std::optional<OrganizationLevel> parse_organization_level(std::string_view text) {
  if (text == "ov") return OrganizationLevel::ov;
  if (text == "ev") return OrganizationLevel::ev;
  return std::nullopt;
}

std::string_view to_string(BusinessCategory category) {
  for (const auto& known : kCategories)
    if (known.category == category) return known.word;
  return "";
}

std::optional<BusinessCategory> parse_business_category(std::string_view text) {
  for (const auto& known : kCategories)
    if (known.word == text) return known.category;
  return std::nullopt;
}

std::string_view subject_text(BusinessCategory category) {
  for (const auto& known : kCategories)
    if (known.category == category) return known.subject;
  return "";
}

const std::vector<std::string>& contact_roles() {
  static const std::vector<std::string> roles{"requester", "approver", "contract_signer", "representative"};
  return roles;
}

const std::vector<OrganizationField>& organization_fields() {
  static const std::vector<OrganizationField> fields{
      {"legal_name", &Record::legal_name, 256, true, "Full name as registered"},
      {"abbreviation", &Record::abbreviation, 64, true,
       "Name for certificates if the legal one is over 64 characters"},
      {"assumed_name", &Record::assumed_name, 64, true, "Trade name; stands before the legal one"},
      {"category", &Record::category, 64, true,
       "private-organization, government-entity, business-entity or non-commercial-entity"},
      {"registration_number", &Record::registration_number, 64, true, "Number in the register"},
      {"registration_date", &Record::registration_date, 64, true, "Day of registration (YYYY-MM-DD)"},
      {"agency", &Record::agency, 128, true, "Agency that keeps the register"},
      {"jurisdiction.country", &Record::jurisdiction_country, 64, true,
       "Country of registration (ISO 3166-1)"},
      {"jurisdiction.state", &Record::jurisdiction_state, 128, true,
       "State, if the register is the state's or the locality's"},
      {"jurisdiction.locality", &Record::jurisdiction_locality, 128, true,
       "Locality, if the register is the locality's"},
      {"address.street", &Record::address_street, 128, true, "Street and number"},
      {"address.locality", &Record::address_locality, 128, true, "City"},
      {"address.state", &Record::address_state, 128, true, "State or province"},
      {"address.postal_code", &Record::address_postal_code, 40, true, "Postal code"},
      {"address.country", &Record::address_country, 64, true, "Country (ISO 3166-1)"},
      {"organization_identifier", &Record::organization_identifier, 128, true,
       "NTRDE-..., VATDE-... or PSDDE-..."},
      {"phone", &Record::phone, 40, false, "Phone, with + and country"},
      {"phone_listed_at", &Record::phone_listed_at, 256, false, "Where the CA finds that number itself"},
      {"lei", &Record::lei, 64, false, "Legal entity identifier (ISO 17442)"},
      {"duns", &Record::duns, 64, false, "D-U-N-S number"},
  };
  return fields;
}

const std::vector<ContactField>& contact_fields() {
  using Contact = OrganizationContact;
  static const std::vector<ContactField> fields{
      {"name", &Contact::name, 128},
      {"title", &Contact::title, 128},
      {"email", &Contact::email, 254},
      {"phone", &Contact::phone, 40},
      {"authority_source", &Contact::authority_source, 256},
      {"authority_collected_at", &Contact::authority_collected_at, 64},
      {"authority_until", &Contact::authority_until, 64},
      {"contract_ref", &Contact::contract_ref, 256},
      {"login", &Contact::login, 64},
  };
  return fields;
}

std::vector<OrganizationDifference> differences(const OrganizationRecord& from,
                                                const OrganizationRecord& to) {
  std::vector<OrganizationDifference> found;
  for (const auto& field : organization_fields())
    if (from.*field.text != to.*field.text)
      found.push_back({std::string(field.name), from.*field.text, to.*field.text, field.identity});
  if (from.contacts != to.contacts)
    found.push_back({"contacts", contact_words(from.contacts), contact_words(to.contacts), false});
  return found;
}

bool touches_identity(const std::vector<OrganizationDifference>& differences) {
  return std::any_of(differences.begin(), differences.end(),
                     [](const OrganizationDifference& difference) { return difference.identity; });
}

std::string organization_name(const OrganizationRecord& record) {
  const std::string& legal = record.abbreviation.empty() ? record.legal_name : record.abbreviation;
  return record.assumed_name.empty() ? legal : record.assumed_name + " (" + legal + ")";
}

const SubjectKind* subject_kind(std::string_view oid) {
  for (const auto& known : kSubjectKinds)
    if (known.oid == oid) return &known;
  return nullptr;
}

std::vector<SubjectAttribute> subject_of(const OrganizationRecord& record, OrganizationLevel level) {
  std::vector<SubjectAttribute> subject;
  const auto add = [&](const SubjectKind& kind, const std::string& value) {
    if (!value.empty()) subject.push_back({kind.name, kind.oid, value});
  };
  if (level == OrganizationLevel::ev) {
    add(kJurisdictionCountry, record.jurisdiction_country);
    add(kJurisdictionState, record.jurisdiction_state);
    add(kJurisdictionLocality, record.jurisdiction_locality);
    if (const auto category = parse_business_category(record.category))
      add(kBusinessCategory, std::string(subject_text(*category)));
    add(kSerialNumber,
        record.registration_number.empty() ? record.registration_date : record.registration_number);
  }
  add(kCountry, record.address_country);
  add(kState, record.address_state);
  add(kLocality, record.address_locality);
  add(kOrganization, organization_name(record));
  if (level == OrganizationLevel::ev) add(kOrganizationIdentifier, record.organization_identifier);
  return subject;
}

}  // namespace certmgr
