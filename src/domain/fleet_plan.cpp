// SPDX-License-Identifier: MIT
#include "certmgr/domain/fleet_plan.h"

#include <algorithm>

#include "certmgr/domain/organization_events.h"
#include "domain/fleet_differences.h"

namespace certmgr {
namespace {

const std::string& name_of(const CaEntry& ca) { return ca.name; }
const std::string& name_of(const Server& server) { return server.name; }
const std::string& name_of(const FleetCertificate& certificate) { return certificate.spec.label; }
const std::string& name_of(const FleetOrganization& entry) { return entry.organization.record.name; }

/// Equal but for what only the store knows.
bool same(const CaEntry& a, const CaEntry& b) { return a == b; }
bool same(const Server& a, const Server& b) {
  return a.type == b.type && a.files == b.files && a.owner == b.owner && a.group == b.group &&
         a.mode == b.mode && a.hook == b.hook && a.settings == b.settings && a.verify == b.verify &&
         a.only == b.only && a.beside == b.beside;
}
bool same(const FleetCertificate& a, const FleetCertificate& b) {
  return a.spec == b.spec && a.servers == b.servers;
}
bool same(const FleetOrganization& a, const FleetOrganization& b) {
  return a.organization.record == b.organization.record;
}

bool respecified(const CaEntry& /*from*/, const CaEntry& /*to*/) { return true; }
bool respecified(const Server& /*from*/, const Server& /*to*/) { return true; }
bool respecified(const FleetCertificate& from, const FleetCertificate& to) { return from.spec != to.spec; }
bool respecified(const FleetOrganization& /*from*/, const FleetOrganization& /*to*/) { return true; }

/// What a change does besides. Only an organization has something that hangs on it.
template <class Thing>
std::vector<std::string> effects(const Thing& /*from*/, const Thing& /*to*/) {
  return {};
}
std::vector<std::string> effects(const FleetOrganization& from, const FleetOrganization& to) {
  std::vector<std::string> told;
  const auto edit = differences(from.organization.record, to.organization.record);
  for (const auto& validation : suspended_by(edit, from.organization.version + 1, from.standing, {}))
    told.push_back("suspends the " + std::string(to_string(validation.level)) + " validation at " +
                   validation.ca);
  return told;
}

/// What goes with a thing that is removed.
template <class Thing>
std::vector<std::string> losses(const Thing& /*gone*/) {
  return {};
}
std::vector<std::string> losses(const FleetOrganization& gone) {
  std::vector<std::string> told;
  for (const auto& validation : gone.standing)
    told.push_back("ends the " + std::string(to_string(validation.level)) + " validation at " +
                   validation.ca);
  return told;
}

/// Indexes in the order of the names.
template <class Thing>
std::vector<std::size_t> by_name(const std::vector<Thing>& things) {
  std::vector<std::size_t> order(things.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return name_of(things[a]) < name_of(things[b]); });
  return order;
}

struct Sides {
  std::vector<FleetChange> wanted;  // by name: create, change, unchanged
  std::vector<FleetChange> gone;    // present only
};

/// Walks through both sides at once, as two sorted lists are merged.
template <class Thing>
Sides compare(FleetPart part, const std::vector<Thing>& wanted, const std::vector<Thing>& present) {
  Sides sides;
  const auto want = by_name(wanted);
  const auto have = by_name(present);
  std::size_t h = 0;
  const auto gone = [&] {
    const Thing& thing = present[have[h]];
    sides.gone.push_back({part, FleetAction::remove, name_of(thing), {}, 0, have[h], true, losses(thing)});
    ++h;
  };
  for (const std::size_t w : want) {
    const Thing& thing = wanted[w];
    while (h < have.size() && name_of(present[have[h]]) < name_of(thing)) gone();
    if (h == have.size() || name_of(present[have[h]]) != name_of(thing)) {
      sides.wanted.push_back({part, FleetAction::create, name_of(thing), {}, w, 0});
      continue;
    }
    const Thing& old = present[have[h]];
    if (same(old, thing))
      sides.wanted.push_back({part, FleetAction::unchanged, name_of(thing), {}, w, have[h], false});
    else
      sides.wanted.push_back({part, FleetAction::change, name_of(thing), differences(old, thing), w, have[h],
                              respecified(old, thing), effects(old, thing)});
    ++h;
  }
  while (h < have.size()) gone();
  return sides;
}

void count(FleetCounts& counts, FleetAction action) {
  switch (action) {
    case FleetAction::create:
      ++counts.create;
      return;
    case FleetAction::change:
      ++counts.change;
      return;
    case FleetAction::remove:
      ++counts.remove;
      return;
    case FleetAction::unchanged:
      ++counts.unchanged;
      return;
  }
}

}  // namespace

std::string place_in(const std::string& path, FilePlace place) {
  return path + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

std::string_view to_string(FleetPart part) {
  switch (part) {
    case FleetPart::ca:
      return "ca";
    case FleetPart::server:
      return "server";
    case FleetPart::certificate:
      return "certificate";
    case FleetPart::organization:
      return "organization";
  }
  return "";
}

std::string_view to_string(FleetAction action) {
  switch (action) {
    case FleetAction::create:
      return "create";
    case FleetAction::change:
      return "change";
    case FleetAction::remove:
      return "remove";
    case FleetAction::unchanged:
      return "unchanged";
  }
  return "";
}

FleetPlan plan_fleet(const Fleet& wanted, const Fleet& present, bool prune) {
  auto cas = compare(FleetPart::ca, wanted.cas, present.cas);
  auto servers = compare(FleetPart::server, wanted.servers, present.servers);
  auto organizations = compare(FleetPart::organization, wanted.organizations, present.organizations);
  auto certificates = compare(FleetPart::certificate, wanted.certificates, present.certificates);
  FleetPlan plan;
  const auto append = [&](std::vector<FleetChange>& changes) {
    for (auto& change : changes) {
      count(plan.counts, change.action);
      plan.changes.push_back(std::move(change));
    }
  };
  append(cas.wanted);
  append(servers.wanted);
  append(organizations.wanted);
  append(certificates.wanted);
  if (prune) {
    append(certificates.gone);
    append(organizations.gone);
    append(servers.gone);
    append(cas.gone);
  } else {
    plan.certificates_left = certificates.gone.size();
    plan.organizations_left = organizations.gone.size();
    plan.servers_left = servers.gone.size();
    plan.cas_left = cas.gone.size();
  }
  return plan;
}

}  // namespace certmgr
