// SPDX-License-Identifier: MIT
#include "cli/organization_views.h"

namespace certmgr::cli {
namespace {

using nlohmann::ordered_json;

ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json() : ordered_json(text);
}
ordered_json day_or_null(const std::optional<Day>& day) {
  return day ? ordered_json(to_text(*day)) : ordered_json();
}

ordered_json contact_view(const OrganizationContact& contact) {
  ordered_json view;
  for (const auto& field : contact_fields())
    view[std::string(field.name)] = text_or_null(contact.*field.text);
  view["roles"] = contact.roles;
  return view;
}

ordered_json subject_view(const OrganizationRecord& record, OrganizationLevel level) {
  auto subject = ordered_json::array();
  for (const auto& attribute : subject_of(record, level))
    subject.push_back({{"name", attribute.name}, {"oid", attribute.oid}, {"value", attribute.value}});
  return subject;
}

ordered_json findings_view(const std::vector<OrganizationFinding>& findings) {
  auto list = ordered_json::array();
  for (const auto& finding : findings)
    list.push_back(
        {{"field", finding.field}, {"message", finding.trouble.why}, {"hint", finding.trouble.hint}});
  return list;
}

ordered_json level_view(const OrganizationDesk& desk, const OrganizationRecord& record,
                        OrganizationLevel level) {
  const auto found = desk.findings(record, level);
  return {{"subject", found.sound() ? subject_view(record, level) : ordered_json()},
          {"faults", findings_view(found.faults)},
          {"warnings", findings_view(found.warnings)}};
}

std::string line(const std::string& name, const std::string& value) {
  if (value.empty()) return "";
  return "  " + name + std::string(name.size() < 24 ? 24 - name.size() : 1, ' ') + value + "\n";
}

std::string contact_text(const OrganizationContact& contact) {
  std::string text = contact.name;
  for (const auto* part : {&contact.title, &contact.email, &contact.phone})
    if (!part->empty()) text += ", " + *part;
  std::string roles;
  for (const auto& role : contact.roles) roles += (roles.empty() ? "" : ", ") + role;
  return roles.empty() ? text : text + " (" + roles + ")";
}

std::string lacks_text(const OrganizationDesk& desk, const OrganizationRecord& record) {
  std::string fields;
  for (const auto& finding : desk.findings(record, OrganizationLevel::ev).faults)
    fields += (fields.empty() ? "" : ", ") + finding.field;
  return line("lacks for EV", fields);
}

}  // namespace

ordered_json record_view(const Organization& organization) {
  const auto& record = organization.record;
  ordered_json view{{"name", record.name},
                    {"version", organization.version},
                    {"changed_at", to_rfc3339(organization.changed_at)}};
  for (const auto& field : organization_fields()) {
    const std::string name(field.name);
    const auto dot = name.find('.');
    auto& place = dot == std::string::npos ? view[name] : view[name.substr(0, dot)][name.substr(dot + 1)];
    place = text_or_null(record.*field.text);
  }
  view["contacts"] = ordered_json::array();
  for (const auto& contact : record.contacts) view["contacts"].push_back(contact_view(contact));
  return view;
}

ordered_json validation_view(const OrganizationValidation& validation) {
  auto items = ordered_json::object();
  for (const auto& [item, day] : validation.items)
    items[std::string(to_string(item))] = {{"collected_at", to_text(day)},
                                           {"expires", to_text(evidence_expiry(day))}};
  return {{"ca", validation.ca},
          {"level", to_string(validation.level)},
          {"state", to_string(validation.state)},
          {"version", validation.record_version},
          {"ca_reference", text_or_null(validation.ca_reference)},
          {"entered_at", to_rfc3339(validation.entered_at)},
          {"collected_at", day_or_null(validation.collected_at)},
          {"expires", day_or_null(validation.expires)},
          {"items", std::move(items)},
          {"asked", text_or_null(validation.asked)},
          {"url", text_or_null(validation.url)},
          {"reason", text_or_null(validation.reason)}};
}

ordered_json organization_view(OrganizationDesk& desk, const Organization& organization) {
  auto view = record_view(organization);
  for (const auto level : {OrganizationLevel::ov, OrganizationLevel::ev})
    view[std::string(to_string(level))] = level_view(desk, organization.record, level);
  view["validations"] = ordered_json::array();
  for (const auto& validation : desk.validations(organization))
    view["validations"].push_back(validation_view(validation));
  return view;
}

ordered_json edit_view(const OrganizationEdit& edit) {
  auto changes = ordered_json::array();
  for (const auto& difference : edit.differences)
    changes.push_back({{"field", difference.field},
                       {"from", text_or_null(difference.from)},
                       {"to", text_or_null(difference.to)},
                       {"identity", difference.identity}});
  auto suspends = ordered_json::array();
  for (const auto& validation : edit.suspends)
    suspends.push_back({{"ca", validation.ca}, {"level", to_string(validation.level)}});
  return {{"changes", std::move(changes)}, {"suspends", std::move(suspends)}};
}

std::string validation_text(const OrganizationValidation& validation) {
  std::string text = std::string(to_string(validation.level)) + " at " + validation.ca + ": " +
                     std::string(to_string(validation.state));
  if (is_in_force(validation.state) && validation.expires) text += " until " + to_text(*validation.expires);
  if (!validation.asked.empty()) text += ": " + validation.asked;
  if (!validation.url.empty()) text += " (" + validation.url + ")";
  if (!validation.reason.empty()) text += ": " + validation.reason;
  return text;
}

std::string organization_text(OrganizationDesk& desk, const Organization& organization) {
  const auto& record = organization.record;
  std::string text = record.name + ", version " + std::to_string(organization.version) + " of " +
                     to_rfc3339(organization.changed_at) + "\n";
  for (const auto& field : organization_fields()) text += line(std::string(field.name), record.*field.text);
  for (const auto& contact : record.contacts) text += line("contact", contact_text(contact));
  text += line("O in certificates", organization_name(record));
  text += lacks_text(desk, record);
  for (const auto& validation : desk.validations(organization))
    text += line("validation", validation_text(validation));
  return text;
}

std::string edit_text(const OrganizationEdit& edit) {
  std::string text;
  const auto word = [](const std::string& value) { return value.empty() ? std::string("none") : value; };
  for (const auto& difference : edit.differences)
    text += "  " + difference.field + ": " +
            (difference.from == difference.to ? "details differ"
                                              : word(difference.from) + " -> " + word(difference.to)) +
            "\n";
  for (const auto& validation : edit.suspends)
    text += "  ! suspends the " + std::string(to_string(validation.level)) + " validation at " +
            validation.ca + ": what the CA has validated is not true any more\n";
  return text;
}

}  // namespace certmgr::cli
