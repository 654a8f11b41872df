// SPDX-License-Identifier: MIT
// Organizations of a fleet file, and the certificates that would vouch for them.
#include <algorithm>

#include "certmgr/domain/ca_level.h"
#include "certmgr/domain/nearest.h"
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

bool FleetCheck::identity_fits(const DeclaredCertificate& entry) {
  if (entry.organization && !known_organizations_.contains(*entry.organization)) {
    note(entry.organization_place, "unknown_organization",
         "there is no organization '" + *entry.organization + "'",
         guess(*entry.organization, known_organizations_, "declare it as [[organization]]"));
    return false;
  }
  const bool dv = entry.level.value_or("dv") == "dv";
  if (dv && !entry.organization) return true;
  note(dv ? entry.organization_place : entry.level_place, "unsupported_level",
       "a fleet file declares certificates of level dv: about others people decide, one by one",
       "remove 'organization', and 'level' unless it is dv; request the others with 'certmgr issue --level "
       "ov'");
  return false;
}

bool FleetCheck::control_alone(const DeclaredCertificate& entry, const CertificateSpec& spec) {
  if (const auto enrolled = enrolled_.find(spec.label); enrolled != enrolled_.end()) {
    note(entry.place, "enrolled_certificate",
         "certificate '" + spec.label + "' is of level " + enrolled->second + ", about which people decide",
         "remove it from the file; or, if nobody wants it any more: certmgr delete " + spec.label);
    return false;
  }
  if (!is_for_dv(spec.ca, entry.ca ? entry.ca_place : entry.place)) return false;
  for (const auto& ca : entry.fallback_cas.value_or(std::vector<std::string>{}))
    if (!is_for_dv(ca, entry.fallback_cas_place)) return false;
  return true;
}

bool FleetCheck::is_for_dv(const std::string& ca, FilePlace place) {
  const auto& levels = levels_of_ca_[ca];
  if (levels.empty() || std::find(levels.begin(), levels.end(), CertificateLevel::dv) != levels.end())
    return true;
  note(place, "level_not_offered",
       "the CA " + ca + " is for " + level_words(levels) + ", about which people decide",
       "name a CA for dv, or request it with 'certmgr issue --level " +
           std::string(to_string(levels.front())) + "'");
  return false;
}

}  // namespace certmgr
