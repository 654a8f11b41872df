// SPDX-License-Identifier: MIT
// Organizations of a fleet file.
#include "certmgr/domain/organization_check.h"
#include "services/fleet_check.h"

namespace certmgr {

void FleetCheck::check_record(const DeclaredOrganization& entry) {
  const auto& record = entry.record;
  const auto [first, fresh] = organization_places_.emplace(record.name, place_in(path_, entry.place));
  if (!fresh) {
    note(entry.place, "duplicate_organization",
         "there is an organization '" + record.name + "' at " + first->second + " already",
         "give each organization a name of its own");
    return;
  }
  // What EV needs besides is judged when it is submitted for EV.
  auto found = check_organization(record, OrganizationLevel::ov, day_of(parts_.clock.now()));
  for (auto& fault : found.faults) {
    const auto place = entry.places.find(fault.field);
    note(place == entry.places.end() ? entry.place : place->second, std::move(fault.trouble));
  }
  // Said once: what the store has already was warned of then.
  const auto is_there = [&] {
    return std::any_of(
        present_.organizations.begin(), present_.organizations.end(),
        [&](const FleetOrganization& present) { return present.organization.record == record; });
  };
  if (!found.warnings.empty() && !is_there())
    for (const auto& warning : found.warnings)
      warnings_.push_back("organization '" + record.name + "': " + warning.trouble.why + " (" +
                          warning.trouble.hint + ")");
  FleetOrganization wanted;
  wanted.organization.record = record;
  wanted_.organizations.push_back(std::move(wanted));
}

}  // namespace certmgr
