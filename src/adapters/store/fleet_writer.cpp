// SPDX-License-Identifier: MIT
#include "adapters/store/fleet_writer.h"

#include <algorithm>

#include "adapters/store/alarm_rows.h"
#include "adapters/store/ca_rows.h"
#include "adapters/store/certificate_removal.h"
#include "adapters/store/organization_rows.h"
#include "adapters/store/renewal_rows.h"
#include "adapters/store/sql.h"
#include "adapters/store/watch_rows.h"
#include "certmgr/domain/organization_events.h"

namespace certmgr::store {
namespace {

std::string joined(const std::vector<std::string>& parts, const char* separator) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

/// "server.added"
std::string kind_of(const FleetChange& change) {
  const char* verb = change.action == FleetAction::create   ? "added"
                     : change.action == FleetAction::change ? "changed"
                                                            : "removed";
  return std::string(to_string(change.part)) + "." + verb;
}

EventDraft event_of(const FleetChange& change, std::map<std::string, std::string> data) {
  data["by"] = "apply";
  if (!change.differences.empty()) data["changes"] = joined(change.differences, "; ");
  return {kind_of(change), change.name, std::move(data)};
}

std::map<std::string, std::string> facts_of(const FleetCertificate& certificate) {
  std::map<std::string, std::string> facts{{"names", join(certificate.spec.identifiers, " ")},
                                           {"ca", certificate.spec.ca}};
  if (!certificate.servers.empty()) facts["servers"] = joined(certificate.servers, " ");
  return facts;
}

/// Of two sorted lists: what is in `left` alone.
std::vector<std::string> only_in(const std::vector<std::string>& left,
                                 const std::vector<std::string>& right) {
  std::vector<std::string> rest;
  std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(rest));
  return rest;
}

}  // namespace

FleetWriter::FleetWriter(SQLite::Database& connection, const Fleet& present, Instant now)
    : connection_(connection),
      now_(now),
      events_(connection),
      insert_certificate_(connection,
                          "INSERT INTO certificates (label, payload, created_at) VALUES (?, ?, ?)"),
      update_certificate_(connection, "UPDATE certificates SET payload = ? WHERE id = ?"),
      attach_(connection,
              "INSERT INTO certificate_servers (certificate_id, server_id) VALUES (?, ?)"
              " ON CONFLICT DO NOTHING"),
      detach_(connection, "DELETE FROM certificate_servers WHERE certificate_id = ? AND server_id = ?") {
  for (const auto& server : present.servers) server_ids_[server.name] = server.id;
}

void FleetWriter::carry_out(const FleetPlan& plan, const Fleet& wanted, const Fleet& present) {
  // A server that moves from one certificate to another leaves the first before it comes to the second.
  for (const auto& change : plan.changes) {
    if (change.part != FleetPart::certificate || change.action != FleetAction::change) continue;
    const auto& from = present.certificates[change.present];
    for (const auto& server : only_in(from.servers, wanted.certificates[change.wanted].servers))
      detach(from, server);
  }
  for (const auto& change : plan.changes) {
    if (change.action == FleetAction::unchanged) continue;
    switch (change.part) {
      case FleetPart::ca:
        change_ca(change, wanted);
        break;
      case FleetPart::server:
        change_server(change, wanted, present);
        break;
      case FleetPart::organization:
        change_organization(change, wanted, present);
        break;
      case FleetPart::certificate:
        change_certificate(change, wanted, present);
        break;
    }
  }
  finish();
}

void FleetWriter::change_ca(const FleetChange& change, const Fleet& wanted) {
  if (change.action == FleetAction::remove) {
    delete_ca(connection_, change.name);
    events_.append(event_of(change, {}), now_);
    return;
  }
  const CaEntry& ca = wanted.cas[change.wanted];
  put_ca(connection_, ca, now_);
  events_.append(event_of(change, {{"directory", ca.directory}}), now_);
}

void FleetWriter::change_server(const FleetChange& change, const Fleet& wanted, const Fleet& present) {
  if (change.action == FleetAction::remove) {
    const std::int64_t id = present.servers[change.present].id;
    execute(connection_, "UPDATE servers SET removed_at = ? WHERE id = ?", now_, id);
    execute(connection_, "DELETE FROM certificate_servers WHERE server_id = ?", id);
    end_watch(connection_, id);
    end_alarms_of_server(connection_, change.name, now_);
    events_.append(event_of(change, {{"type", present.servers[change.present].type}}), now_);
    return;
  }
  const Server& server = wanted.servers[change.wanted];
  if (change.action == FleetAction::create) {
    execute(connection_, "INSERT INTO servers (name, payload, created_at) VALUES (?, ?, ?)", server.name,
            encode_server(server), now_);
    server_ids_[server.name] = connection_.getLastInsertRowid();
  } else {
    execute(connection_, "UPDATE servers SET payload = ? WHERE id = ?", encode_server(server),
            present.servers[change.present].id);
  }
  events_.append(event_of(change, {{"type", server.type}}), now_);
}

void FleetWriter::change_organization(const FleetChange& change, const Fleet& wanted, const Fleet& present) {
  switch (change.action) {
    case FleetAction::create: {
      const auto& record = wanted.organizations[change.wanted].organization.record;
      insert_organization(connection_, record, now_);
      append(added_event(record));
      return;
    }
    case FleetAction::change:
      edit(present.organizations[change.present], wanted.organizations[change.wanted].organization.record);
      return;
    case FleetAction::remove: {
      const auto& organization = present.organizations[change.present].organization;
      end_organization(connection_, organization, now_);
      append(removed_event(organization));
      return;
    }
    case FleetAction::unchanged:
      return;
  }
}

void FleetWriter::edit(const FleetOrganization& from, const OrganizationRecord& record) {
  const auto changes = differences(from.organization.record, record);
  const auto next = append_version(connection_, from.organization, record, now_);
  append(changed_event(record.name, next.version, changes));
  for (const auto& validation : suspended_by(changes, next.version, from.standing, now_)) {
    put_validation(connection_, validation, now_);
    const auto before =
        std::find_if(from.standing.begin(), from.standing.end(),
                     [&](const OrganizationValidation& standing) { return standing.id == validation.id; });
    append(validation_event(record.name, before->state, validation));
  }
}

void FleetWriter::append(EventDraft event) {
  event.data["by"] = "apply";
  events_.append(event, now_);
}

void FleetWriter::change_certificate(const FleetChange& change, const Fleet& wanted, const Fleet& present) {
  switch (change.action) {
    case FleetAction::create:
      create(wanted.certificates[change.wanted]);
      events_.append(event_of(change, facts_of(wanted.certificates[change.wanted])), now_);
      return;
    case FleetAction::change:
      this->change(present.certificates[change.present], wanted.certificates[change.wanted], change);
      return;
    case FleetAction::remove:
      remove(present.certificates[change.present]);
      return;
    case FleetAction::unchanged:
      return;
  }
}

void FleetWriter::create(const FleetCertificate& certificate) {
  run(insert_certificate_, certificate.spec.label, encode_spec(certificate.spec), now_);
  const std::int64_t id = connection_.getLastInsertRowid();
  add_renewal(connection_, id, now_);
  for (const auto& server : certificate.servers) attach(id, server);
}

void FleetWriter::change(const FleetCertificate& from, const FleetCertificate& to,
                         const FleetChange& change) {
  if (change.respecified) run(update_certificate_, encode_spec(to.spec), from.id);
  for (const auto& server : only_in(to.servers, from.servers)) attach(from.id, server);
  // Another spec needs an order, another server a deployment: the renewal sees to both.
  wake_renewal(connection_, from.id, now_);
  events_.append(event_of(change, facts_of(to)), now_);
}

void FleetWriter::remove(const FleetCertificate& certificate) {
  const auto& label = certificate.spec.label;
  const auto servers =
      all(query(connection_, "SELECT server_id FROM certificate_servers WHERE certificate_id = ?",
                certificate.id),
          [](SQLite::Statement& row) { return row.getColumn(0).getInt64(); });
  const int versions = remove_certificate_rows(connection_, certificate.id, label, now_, events_);
  end_alarms_of_certificate(connection_, label, now_);
  for (const std::int64_t server : servers) end_watch_of_bare(server);
  events_.append(
      {"certificate.removed",
       label,
       {{"names", join(certificate.spec.identifiers, " ")}, {"versions", std::to_string(versions)}}},
      now_);
}

void FleetWriter::end_watch_of_bare(std::int64_t server_id) {
  const bool bare =
      !query(connection_, "SELECT 1 FROM certificate_servers WHERE server_id = ? LIMIT 1", server_id)
           .executeStep();
  if (bare) end_watch(connection_, server_id);
}

void FleetWriter::attach(std::int64_t certificate_id, const std::string& server) {
  const auto found = server_ids_.find(server);
  if (found == server_ids_.end())
    throw Failure(misuse("cannot attach server " + server, "the plan names a server that is not there"));
  run(attach_, certificate_id, found->second);
  wake_watch(connection_, found->second, now_);
}

void FleetWriter::detach(const FleetCertificate& from, const std::string& server) {
  const auto found = server_ids_.find(server);
  if (found == server_ids_.end()) return;
  give_up_deployments(connection_, from.id, found->second, from.spec.label, now_);
  run(detach_, from.id, found->second);
  end_watch_of_bare(found->second);
}

}  // namespace certmgr::store
