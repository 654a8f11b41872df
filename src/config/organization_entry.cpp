// SPDX-License-Identifier: MIT
#include "config/organization_entry.h"

#include "config/fleet_entries.h"

namespace certmgr::config {
namespace {

/// What people still try, because certificates once had it.
void refuse_unit(const TableReader& reader, const toml::table& table) {
  for (const char* key : {"ou", "organizational_unit", "department"})
    if (table.contains(key))
      reader.refuse(key, "cannot be used: CAs must not put organizational units into certificates",
                    "remove it (Baseline Requirements 7.1.2.7, since 2022-09-01)");
}

/// The table a field stands in: "address" of "address.country", or nothing.
std::string table_of(std::string_view field) {
  const auto dot = field.find('.');
  return std::string(dot == std::string_view::npos ? std::string_view() : field.substr(0, dot));
}

/// Reads the fields of one table: those of the entry itself, or of one of its tables.
void read_fields(TableReader& reader, const std::string& part, DeclaredOrganization& entry) {
  for (const auto& field : organization_fields()) {
    if (table_of(field.name) != part) continue;
    const std::string key(part.empty() ? field.name : field.name.substr(part.size() + 1));
    const auto value = reader.text(key);
    entry.places[std::string(field.name)] = place_of(reader.position(key));
    if (value) entry.record.*field.text = *value;
  }
}

void read_part(TableReader& reader, const std::string& part, const Source& source,
               DeclaredOrganization& entry) {
  const auto* table = reader.table(part);
  if (table == nullptr) return;
  TableReader inner(*table, "organization." + part, source);
  read_fields(inner, part, entry);
  inner.finish();
}

OrganizationContact read_contact(const toml::table& table, const Source& source, const std::string& at,
                                 DeclaredOrganization& entry) {
  TableReader reader(table, "organization.contact", source);
  OrganizationContact contact;
  for (const auto& field : contact_fields()) {
    if (const auto value = reader.text(field.name)) contact.*field.text = *value;
    entry.places[at + std::string(field.name)] = place_of(reader.position(field.name));
  }
  contact.roles = reader.texts("roles");
  entry.places[at + "roles"] = place_of(reader.position("roles"));
  reader.finish();
  return contact;
}

void read_contacts(TableReader& reader, const toml::table& table, const Source& source,
                   DeclaredOrganization& entry) {
  if (!reader.has("contact")) return;
  const auto* contacts = table.get("contact")->as_array();
  const std::string hint = "write [[organization.contact]] on a line of its own before each one";
  if (contacts == nullptr) reader.refuse("contact", "is not a list of tables", hint);
  for (const auto& item : *contacts) {
    if (!item.is_table()) reader.refuse("contact", "holds something that is no table", hint);
    const std::string at = "contacts[" + std::to_string(entry.record.contacts.size()) + "].";
    entry.record.contacts.push_back(read_contact(*item.as_table(), source, at, entry));
  }
}

}  // namespace

void read_organization(const toml::table& table, const Source& source, DeclaredOrganization& entry) {
  entry.place = place_of(table.source().begin);
  TableReader reader(table, "organization", source);
  const auto name = reader.text("name");
  if (!name) reader.refuse("name", "is missing", "name = \"acme\"");
  entry.record.name = *name;
  entry.places["name"] = place_of(reader.position("name"));
  read_fields(reader, "", entry);
  read_part(reader, "jurisdiction", source, entry);
  read_part(reader, "address", source, entry);
  read_contacts(reader, table, source, entry);
  refuse_unit(reader, table);
  reader.finish();
}

}  // namespace certmgr::config
