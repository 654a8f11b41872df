// SPDX-License-Identifier: MIT
#include "adapters/store/fleet_store.h"

#include <unordered_map>

#include "adapters/store/ca_rows.h"
#include "adapters/store/certificate_rows.h"
#include "adapters/store/fleet_writer.h"
#include "adapters/store/organization_rows.h"
#include "adapters/store/server_rows.h"
#include "adapters/store/sql.h"

namespace certmgr::store {
namespace {

constexpr int kAll = -1;  // SQLite's LIMIT

std::vector<FleetOrganization> read_organizations(SQLite::Database& connection) {
  std::vector<FleetOrganization> entries;
  std::unordered_map<std::int64_t, std::size_t> place;
  for (auto& organization : all_organizations(connection)) {
    place[organization.id] = entries.size();
    entries.push_back({std::move(organization), {}});
  }
  for (auto& validation : standing_validations(connection)) {
    const auto found = place.find(validation.organization_id);
    if (found != place.end()) entries[found->second].standing.push_back(std::move(validation));
  }
  return entries;
}

Fleet read_fleet(SQLite::Database& connection) {
  Fleet fleet;
  fleet.cas = all_cas(connection);
  fleet.servers = all_servers(connection);
  fleet.organizations = read_organizations(connection);
  std::unordered_map<std::int64_t, std::size_t> place;
  for (auto& certificate : list_certificates(connection, "", kAll)) {
    place[certificate.id] = fleet.certificates.size();
    fleet.certificates.push_back({certificate.id, std::move(certificate.spec), {}});
  }
  auto attached = query(connection,
                        "SELECT certificate_servers.certificate_id, servers.name FROM certificate_servers"
                        " JOIN servers ON servers.id = certificate_servers.server_id"
                        " WHERE servers.removed_at IS NULL ORDER BY servers.name");
  while (attached.executeStep()) {
    const auto found = place.find(attached.getColumn(0).getInt64());
    if (found == place.end()) continue;
    fleet.certificates[found->second].servers.push_back(attached.getColumn(1).getString());
  }
  return fleet;
}

}  // namespace

Fleet SqliteFleetStore::present() {
  return database_.read("read the fleet",
                        [](SQLite::Database& connection) { return read_fleet(connection); });
}

std::vector<CaEntry> SqliteFleetStore::cas() {
  return database_.read("read the CAs", [](SQLite::Database& connection) { return all_cas(connection); });
}

void SqliteFleetStore::apply(const FleetPlan& plan, const Fleet& wanted, const Fleet& present) {
  database_.write("apply the fleet file", [&](SQLite::Database& connection) {
    if (read_fleet(connection) != present)
      throw Failure(conflict("the fleet", "another process changed the store after the plan was made"));
    FleetWriter(connection, present, clock_.now()).carry_out(plan, wanted, present);
  });
}

void SqliteFleetStore::remove_certificate(std::int64_t certificate_id) {
  const std::string row = "certificate " + std::to_string(certificate_id);
  database_.write("remove " + row, [&](SQLite::Database& connection) {
    const auto known = find_certificate(connection, certificate_id);
    if (!known) throw Failure(conflict(row, "it was removed meanwhile"));
    FleetWriter writer(connection, {}, clock_.now());
    writer.remove({known->id, known->spec, {}});
    writer.finish();
  });
}

}  // namespace certmgr::store
