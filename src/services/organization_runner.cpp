// SPDX-License-Identifier: MIT
#include "certmgr/services/organization_runner.h"

#include "certmgr/domain/organization_events.h"
#include "services/validation_alarms.h"

namespace certmgr {
namespace {

void keep_earlier(std::optional<Instant>& known, const std::optional<Instant>& other) {
  if (other && (!known || *other < *known)) known = other;
}

}  // namespace

StepResult OrganizationRunner::step(std::int64_t organization_id, Progress& progress) {
  const auto versions = store_.versions(organization_id);
  if (versions.empty()) return {.finished = true, .wake_at = {}, .trouble = {}};
  const auto& name = versions.front().record.name;
  const auto live = store_.find_organization(name);
  const auto seen = store_.validations(organization_id);
  if (!live || live->id != organization_id) {
    for (const auto& validation : seen) clear_validation_alarms(alarms_, name, validation);
    store_.settle(organization_id, seen, {}, {}, std::nullopt);
    return {.finished = true, .wake_at = {}, .trouble = {}};
  }

  std::vector<ValidationLook> looks;
  std::vector<OrganizationValidation> changed;
  std::vector<EventDraft> events;
  std::optional<Instant> wake_at;
  for (const auto& before : seen) {
    looks.push_back(look_at(before, clock_.now()));
    const auto& look = looks.back();
    keep_earlier(wake_at, look.wake_at);
    if (look.changed) changed.push_back(look.validation);
    if (look.validation.state != before.state) {
      progress.step(
          name, "validation at " + before.ca + " is now " + std::string(to_string(look.validation.state)));
      events.push_back(validation_event(name, before.state, look.validation));
    }
  }
  // The alarms before the save: killed in between, the same looks say the same again.
  tell_of_validations(alarms_, name, looks);
  store_.settle(organization_id, seen, changed, events, wake_at);
  return {.finished = !wake_at, .wake_at = wake_at.value_or(Instant()), .trouble = {}};
}

}  // namespace certmgr
