// SPDX-License-Identifier: MIT
#include "domain/contact_check.h"

#include <algorithm>
#include <set>

#include "certmgr/domain/nearest.h"
#include "certmgr/domain/notify_channel.h"
#include "certmgr/domain/organization_validation.h"
#include "domain/register_numbers.h"

namespace certmgr {
namespace {

constexpr std::size_t kContactsMost = 50;

void check_roles(const OrganizationContact& contact, const std::string& at, FindingList& found) {
  std::set<std::string> seen;
  const auto& known = contact_roles();
  for (const auto& role : contact.roles) {
    if (std::find(known.begin(), known.end(), role) == known.end()) {
      const auto near = nearest(role, known);
      found.fault(at + "roles", "holds '" + role + "', which is no role",
                  near ? "did you mean '" + *near + "'?"
                       : "use requester, approver, contract_signer or representative");
    } else if (!seen.insert(role).second) {
      found.fault(at + "roles", "names '" + role + "' twice", "name each role once");
    }
  }
}

void check_authority(const OrganizationContact& contact, const std::string& at, Day today,
                     FindingList& found) {
  const auto collected = parse_day(contact.authority_collected_at);
  const auto until = parse_day(contact.authority_until);
  if (!contact.authority_collected_at.empty() && !collected)
    found.fault(at + "authority_collected_at", "is not a day", "write YYYY-MM-DD");
  if (!contact.authority_until.empty() && !until)
    found.fault(at + "authority_until", "is not a day", "write YYYY-MM-DD");
  if (collected && *collected > today)
    found.fault(at + "authority_collected_at", "lies in the future", "give the day it was shown");
  if (collected && until && *until < *collected)
    found.fault(at + "authority_until", "lies before authority_collected_at", "correct one of the two days");
  if (until && *until < today)
    found.warning(at + "authority_until", "has passed: the CA will not take this person's word",
                  "renew the authority, or name somebody else");
  // A standing authority by contract does not age (EV Guidelines 3.2.2.14.3).
  else if (collected && contact.contract_ref.empty() && *collected + kEvidenceLife <= today)
    found.warning(at + "authority_collected_at", "is older than 398 days: the CA will ask for it again",
                  "have it shown again, or give contract_ref if a contract makes it standing");
}

void check_contact(const OrganizationContact& contact, const std::string& at, Day today, FindingList& found) {
  for (const auto& field : contact_fields())
    found.check_text(at + std::string(field.name), contact.*field.text, field.most);
  if (contact.name.empty()) found.fault(at + "name", "is missing", "name the person");
  if (contact.email.empty() && contact.phone.empty())
    found.fault(at + "email", "is missing, and so is the phone", "give at least one of the two");
  if (!contact.email.empty() && !is_mail_address(contact.email))
    found.fault(at + "email", "is not a mail address", "write name@example.com");
  if (!contact.phone.empty() && !is_phone_number(contact.phone))
    found.fault(at + "phone", "is not an international number",
                "write it with + and country: +49 30 1234567");
  check_roles(contact, at, found);
  check_authority(contact, at, today, found);
}

bool somebody_is(const std::vector<OrganizationContact>& contacts, const std::string& role) {
  return std::any_of(contacts.begin(), contacts.end(), [&](const OrganizationContact& contact) {
    return std::find(contact.roles.begin(), contact.roles.end(), role) != contact.roles.end();
  });
}

}  // namespace

void check_contacts(const std::vector<OrganizationContact>& contacts, OrganizationLevel level, Day today,
                    FindingList& found) {
  if (contacts.size() > kContactsMost) {
    found.fault("contacts", "are more than " + std::to_string(kContactsMost),
                "name those the CA may deal with");
    return;
  }
  for (std::size_t i = 0; i < contacts.size(); ++i)
    check_contact(contacts[i], "contacts[" + std::to_string(i) + "].", today, found);
  if (level != OrganizationLevel::ev) return;
  for (const char* role : {"approver", "contract_signer"})
    if (!somebody_is(contacts, role))
      found.warning("contacts", std::string("name no ") + role + ", whom the CA must verify for EV",
                    "give one of them this role, or name the person to the CA");
}

}  // namespace certmgr
