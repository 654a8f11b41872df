// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/instant.h"

namespace certmgr {

/// How much of an organization's identity a certificate vouches for. DV vouches for none.
enum class OrganizationLevel { ov, ev };
std::string_view to_string(OrganizationLevel level);
std::optional<OrganizationLevel> parse_organization_level(std::string_view text);

/// Kinds of legal entity (EV Guidelines 2.0.2, 4.1.1).
enum class BusinessCategory { private_organization, government_entity, business_entity, non_commercial };
/// "private-organization"
std::string_view to_string(BusinessCategory category);
std::optional<BusinessCategory> parse_business_category(std::string_view text);
/// As the subject has it: "Private Organization" (EV Guidelines 7.1.4.2.3).
std::string_view subject_text(BusinessCategory category);

/// A person the CA may deal with. All texts as written; empty: not said.
struct OrganizationContact {
  std::string name;
  std::string title;
  std::string email;
  std::string phone;
  std::vector<std::string> roles;      // words of contact_roles(); none: to be reached, and no more
  std::string authority_source;        // what shows that the person may act: a letter, a register
  std::string authority_collected_at;  // YYYY-MM-DD
  std::string authority_until;         // YYYY-MM-DD
  std::string contract_ref;            // the contract under which the authority is standing
  std::string login;                   // what this machine calls the person; empty: has no account here
  bool operator==(const OrganizationContact&) const = default;
};
/// requester, approver, contract_signer, representative (EV Guidelines 4.2.1).
const std::vector<std::string>& contact_roles();

/// What an organization says of itself, as written: check_organization() judges it. Empty: not said.
struct OrganizationRecord {
  std::string name;  // what certmgr calls it; unique
  std::string legal_name;
  std::string abbreviation;  // stands in certificates if the legal name is longer than 64 characters
  std::string assumed_name;  // trade name, "doing business as"
  std::string category;      // words of BusinessCategory
  std::string registration_number;
  std::string registration_date;  // YYYY-MM-DD; stands for the number where a register gives none
  std::string agency;             // that keeps the register
  std::string jurisdiction_country;
  std::string jurisdiction_state;
  std::string jurisdiction_locality;
  std::string address_street;
  std::string address_locality;
  std::string address_state;
  std::string address_postal_code;
  std::string address_country;          // ISO 3166-1 alpha-2
  std::string organization_identifier;  // "NTRDE-HRB 12345", "VATDE-123456789", "PSDBE-NBB-1234"
  std::string phone;
  std::string phone_listed_at;  // where the CA can find that number itself
  std::string lei;              // ISO 17442
  std::string duns;
  std::vector<OrganizationContact> contacts;
  bool operator==(const OrganizationRecord&) const = default;
};

/// A record in the store. Every edit makes a new version; the old ones stay.
struct Organization {
  std::int64_t id = 0;
  int version = 1;
  Instant changed_at;  // when this version was made
  OrganizationRecord record;
  bool operator==(const Organization&) const = default;
};

/// One text of the record. The table of all of them is what readers, views and the store go by.
struct OrganizationField {
  std::string_view name;  // "legal_name", "address.country"
  std::string OrganizationRecord::*text;
  std::size_t most;  // characters (X.520 upper bounds where the text goes into a certificate)
  bool identity;     // a CA vouches for it: an edit makes its validations void
  std::string_view help;
};
/// All but the name and the contacts, in the order people read them.
const std::vector<OrganizationField>& organization_fields();

/// The same for a contact; roles come apart.
struct ContactField {
  std::string_view name;
  std::string OrganizationContact::*text;
  std::size_t most;
};
const std::vector<ContactField>& contact_fields();

struct OrganizationDifference {
  std::string field;  // as in organization_fields(), or "contacts"
  std::string from;
  std::string to;
  bool identity = false;
  bool operator==(const OrganizationDifference&) const = default;
};
/// What an edit changes, in the order of the fields. Pure.
std::vector<OrganizationDifference> differences(const OrganizationRecord& from, const OrganizationRecord& to);
/// Any of them voids what CAs have validated.
bool touches_identity(const std::vector<OrganizationDifference>& differences);

/// A kind of attribute that certmgr asks for: short name, and dotted OID.
struct SubjectKind {
  std::string_view name;
  std::string_view oid;
};
/// nullptr: it never stands in a subject of ours.
const SubjectKind* subject_kind(std::string_view oid);

/// One attribute of a distinguished name. Its name and OID are those of a SubjectKind, and live for ever.
struct SubjectAttribute {
  std::string_view name;  // "O"
  std::string_view oid;   // dotted
  std::string value;
  bool operator==(const SubjectAttribute&) const = default;
};
/// The subject a certificate of this level is to have, without a common name. Country, state, locality and
/// organization stand in the order that Baseline Requirements 7.1.4.2 demand. For a sound record. Pure.
std::vector<SubjectAttribute> subject_of(const OrganizationRecord& record, OrganizationLevel level);
/// What stands in O: the assumed name first, with the legal name in parentheses (Baseline Requirements
/// 7.1.2.7.4, EV Guidelines 7.1.4.2.1).
std::string organization_name(const OrganizationRecord& record);

}  // namespace certmgr
