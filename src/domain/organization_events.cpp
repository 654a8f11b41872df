// SPDX-License-Identifier: MIT
#include "certmgr/domain/organization_events.h"

namespace certmgr {
namespace {

void put(EventDraft& event, const char* key, const std::string& value) {
  if (!value.empty()) event.data[key] = value;
}

}  // namespace

EventDraft added_event(const OrganizationRecord& record) {
  return {"organization.added", record.name, {{"version", "1"}}};
}

EventDraft changed_event(const std::string& name, int version,
                         const std::vector<OrganizationDifference>& changes) {
  return {"organization.changed",
          name,
          {{"version", std::to_string(version)}, {"changes", field_names(changes)}}};
}

EventDraft removed_event(const Organization& organization) {
  return {
      "organization.removed", organization.record.name, {{"version", std::to_string(organization.version)}}};
}

EventDraft validation_event(const std::string& name, ValidationState from,
                            const OrganizationValidation& validation) {
  EventDraft event{"organization." + std::string(to_string(validation.state)),
                   name,
                   {{"ca", validation.ca},
                    {"level", std::string(to_string(validation.level))},
                    {"from", std::string(to_string(from))},
                    {"version", std::to_string(validation.record_version)}}};
  put(event, "ca_reference", validation.ca_reference);
  put(event, "asked", validation.asked);
  put(event, "url", validation.url);
  put(event, "reason", validation.reason);
  if (validation.collected_at) event.data["collected_at"] = to_text(*validation.collected_at);
  if (validation.expires) event.data["expires"] = to_text(*validation.expires);
  return event;
}

std::string field_names(const std::vector<OrganizationDifference>& differences) {
  std::string text;
  for (const auto& difference : differences) text += (text.empty() ? "" : ", ") + difference.field;
  return text;
}

std::vector<OrganizationValidation> suspended_by(const std::vector<OrganizationDifference>& edit, int version,
                                                 const std::vector<OrganizationValidation>& validations,
                                                 Instant now) {
  std::vector<OrganizationValidation> suspended;
  std::vector<OrganizationDifference> identity;
  for (const auto& difference : edit)
    if (difference.identity) identity.push_back(difference);
  if (identity.empty()) return suspended;
  for (const auto& validation : validations)
    // What is over already stays as it ended.
    if (auto next = apply(validation, RecordEdited{version, field_names(identity)}, now))
      suspended.push_back(std::move(*next));
  return suspended;
}

}  // namespace certmgr
