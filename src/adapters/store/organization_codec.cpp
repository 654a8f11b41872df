// SPDX-License-Identifier: MIT
#include "adapters/store/organization_codec.h"

#include "adapters/store/domain_json.h"

namespace certmgr::store {
namespace {

constexpr int kRecordVersion = 1;
constexpr int kValidationVersion = 1;

json contact_json(const OrganizationContact& contact) {
  json value{{"roles", contact.roles}};
  for (const auto& field : contact_fields()) value[std::string(field.name)] = contact.*field.text;
  return value;
}

OrganizationContact contact_from(const json& value) {
  OrganizationContact contact;
  contact.roles = value.at("roles").get<std::vector<std::string>>();
  // "login" came later than the other fields.
  for (const auto& field : contact_fields()) contact.*field.text = value.value(std::string(field.name), "");
  return contact;
}

Day day_from(const json& value) {
  const auto text = value.get<std::string>();
  const auto day = parse_day(text);
  if (!day) throw BadPayload("\"" + text + "\" is not a day");
  return *day;
}

std::map<VettingItem, Day> items_from(const json& value) {
  std::map<VettingItem, Day> items;
  for (const auto& [word, day] : value.items()) {
    const auto item = parse_vetting_item(word);
    if (!item) throw BadPayload("unknown item \"" + word + "\"");
    items[*item] = day_from(day);
  }
  return items;
}

}  // namespace

std::string encode_record(const OrganizationRecord& record) {
  json value{{"v", kRecordVersion}, {"contacts", json::array()}};
  for (const auto& field : organization_fields()) value[std::string(field.name)] = record.*field.text;
  for (const auto& contact : record.contacts) value["contacts"].push_back(contact_json(contact));
  return dump(value);
}

void decode_record(const std::string& payload, OrganizationRecord& record) {
  const json value = parse_payload(payload, kRecordVersion);
  for (const auto& field : organization_fields()) record.*field.text = value.at(std::string(field.name));
  record.contacts.clear();
  for (const json& contact : value.at("contacts").get_ref<const json::array_t&>())
    record.contacts.push_back(contact_from(contact));
}

std::string encode_validation(const OrganizationValidation& validation) {
  json items = json::object();
  for (const auto& [item, day] : validation.items) items[std::string(to_string(item))] = to_text(day);
  json value{{"v", kValidationVersion},        {"ca_reference", validation.ca_reference},
             {"asked", validation.asked},      {"url", validation.url},
             {"reason", validation.reason},    {"items", std::move(items)},
             {"reminded", validation.reminded}};
  if (validation.collected_at) value["collected_at"] = to_text(*validation.collected_at);
  if (validation.expires) value["expires"] = to_text(*validation.expires);
  if (validation.chased_at) value["chased_at"] = to_json(*validation.chased_at);
  return dump(value);
}

void decode_validation(const std::string& payload, OrganizationValidation& validation) {
  const json value = parse_payload(payload, kValidationVersion);
  validation.ca_reference = value.at("ca_reference");
  validation.asked = value.at("asked");
  validation.url = value.at("url");
  validation.reason = value.at("reason");
  validation.items = items_from(value.at("items"));
  validation.reminded = value.at("reminded");
  if (value.contains("collected_at")) validation.collected_at = day_from(value.at("collected_at"));
  if (value.contains("expires")) validation.expires = day_from(value.at("expires"));
  if (value.contains("chased_at")) from_json(value.at("chased_at"), validation.chased_at.emplace());
}

}  // namespace certmgr::store
