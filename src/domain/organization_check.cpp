// SPDX-License-Identifier: MIT
#include "certmgr/domain/organization_check.h"

#include <algorithm>

#include "certmgr/domain/identifier.h"
#include "domain/contact_check.h"
#include "domain/finding_list.h"
#include "domain/register_numbers.h"

namespace certmgr {
namespace {

constexpr std::size_t kNameMost = 64;  // ub-organization-name, X.520

class Check {
 public:
  Check(const OrganizationRecord& record, OrganizationLevel level, Day today)
      : record_(record), level_(level), today_(today), found_(record.name) {}

  OrganizationFindings run() {
    if (auto name = parse_label(record_.name, "organization name"); !name)
      found_.fault("name", name.error().why, name.error().hint);
    for (const auto& field : organization_fields())
      found_.check_text(std::string(field.name), record_.*field.text, field.most);
    check_names();
    check_registration();
    check_jurisdiction();
    check_address();
    check_numbers();
    if (level_ == OrganizationLevel::ev) check_ev();
    check_contacts(record_.contacts, level_, today_, found_);
    return found_.take();
  }

 private:
  void check_names() {
    if (record_.legal_name.empty()) {
      found_.fault("legal_name", "is missing", "give the full name as it is registered");
      return;
    }
    if (length(record_.legal_name) > kNameMost && record_.abbreviation.empty()) {
      found_.fault("legal_name", "is longer than the 64 characters a certificate has room for",
                   "keep it, and give an 'abbreviation' that the CA accepts");
      return;
    }
    if (!record_.assumed_name.empty() && length(organization_name(record_)) > kNameMost)
      found_.fault("assumed_name",
                   "makes '" + organization_name(record_) + "', which is longer than 64 characters",
                   "shorten it with an 'abbreviation' of the legal name, or leave the trade name out");
  }

  void check_registration() {
    if (!record_.category.empty() && !parse_business_category(record_.category))
      found_.fault("category", "'" + record_.category + "' is not known",
                   "use private-organization, government-entity, business-entity or non-commercial-entity");
    if (record_.registration_date.empty()) return;
    const auto day = parse_day(record_.registration_date);
    if (!day)
      found_.fault("registration_date", "is not a day", "write YYYY-MM-DD");
    else if (*day > today_)
      found_.fault("registration_date", "lies in the future", "give the day of registration");
  }

  void check_jurisdiction() {
    const auto& country = record_.jurisdiction_country;
    if (!country.empty()) found_.check_country("jurisdiction.country", country, false);
    if (country.empty() && !(record_.jurisdiction_state.empty() && record_.jurisdiction_locality.empty()))
      found_.fault("jurisdiction.country", "is missing beside its state or locality",
                   "give the country of registration");
    if (!record_.jurisdiction_locality.empty() && record_.jurisdiction_state.empty())
      found_.warning("jurisdiction.locality", "stands without a state",
                     "right only where the country has no states: else give jurisdiction.state too");
    if (country == "US" && record_.jurisdiction_state.empty() &&
        record_.category != to_string(BusinessCategory::government_entity))
      found_.warning("jurisdiction.state", "is missing, though companies in the US are registered by states",
                     "give the state of incorporation, unless a federal agency keeps the register");
  }

  void check_address() {
    if (record_.address_country.empty())
      found_.fault("address.country", "is missing", "give the two letters of ISO 3166-1, such as DE or US");
    else
      found_.check_country("address.country", record_.address_country, true);
    if (record_.address_state.empty() && record_.address_locality.empty())
      found_.fault("address.locality", "is missing, and so is address.state",
                   "give at least one of the two; CAs ask for both where there are both");
  }

  void check_numbers() {
    if (!record_.phone.empty() && !is_phone_number(record_.phone))
      found_.fault("phone", "is not an international number", "write it with + and country: +49 30 1234567");
    if (!record_.lei.empty() && !is_lei(record_.lei))
      found_.fault("lei", "is not a legal entity identifier: its form or its check digits are wrong",
                   "copy the 20 characters from the register (ISO 17442)");
    if (!record_.duns.empty() && !is_duns(record_.duns))
      found_.fault("duns", "is not a D-U-N-S number", "give its nine digits");
    check_organization_identifier();
  }

  void check_organization_identifier() {
    if (record_.organization_identifier.empty()) return;
    const auto parts = parse_organization_identifier(record_.organization_identifier);
    if (!parts) {
      found_.fault("organization_identifier", "has not the form of EV Guidelines 7.1.4.2.8",
                   "write NTRDE-NUMBER, NTRUS+CA-NUMBER, VATDE-NUMBER or PSDDE-AUTHORITY-NUMBER");
      return;
    }
    if (parts->scheme != "NTR" || record_.jurisdiction_country.empty()) return;
    if (parts->country != record_.jurisdiction_country)
      found_.fault("organization_identifier",
                   "names a register in " + parts->country + ", and jurisdiction.country is " +
                       record_.jurisdiction_country,
                   "both must name the country of registration");
    if (!parts->state.empty() && record_.jurisdiction_state.empty())
      found_.fault("organization_identifier", "names a state's register, and jurisdiction.state is missing",
                   "give jurisdiction.state, or write the identifier without +" + parts->state);
  }

  void check_ev() {
    const auto need = [&](const char* field, const std::string& value, const char* hint) {
      if (value.empty()) found_.fault(field, "is missing, and EV needs it", hint);
    };
    need("category", record_.category,
         "use private-organization, government-entity, business-entity or non-commercial-entity");
    if (record_.registration_date.empty())
      need("registration_number", record_.registration_number,
           "give the number, or registration_date where the register has no numbers");
    need("jurisdiction.country", record_.jurisdiction_country, "give the country of registration");
    const auto ask = [&](const char* field, const std::string& value, const char* hint) {
      if (value.empty()) found_.warning(field, "is missing, and the CA will ask for it", hint);
    };
    ask("agency", record_.agency, "give the name of the register, such as 'Amtsgericht Berlin'");
    ask("address.street", record_.address_street, "the CA verifies where the business is");
    ask("phone", record_.phone, "the CA calls a number that it can find itself");
    if (!record_.phone.empty())
      ask("phone_listed_at", record_.phone_listed_at, "say where that number is listed");
  }

  static std::size_t length(const std::string& text) { return FindingList::length(text); }

  const OrganizationRecord& record_;
  OrganizationLevel level_;
  Day today_;
  FindingList found_;
};

}  // namespace

OrganizationFindings check_organization(const OrganizationRecord& record, OrganizationLevel level,
                                        Day today) {
  return Check(record, level, today).run();
}

Trouble all_findings(const std::string& what, const std::vector<OrganizationFinding>& findings) {
  Trouble trouble = findings.front().trouble;
  trouble.what = what;
  if (findings.size() == 1) return trouble;
  trouble.why = std::to_string(findings.size()) + " faults; first, " + trouble.why;
  for (const auto& finding : findings)
    trouble.detail += finding.trouble.why + " (" + finding.trouble.hint + ")\n";
  return trouble;
}

}  // namespace certmgr
