// SPDX-License-Identifier: MIT
#include "adapters/store/organization_store.h"

#include <algorithm>

#include "adapters/store/event_chain.h"
#include "adapters/store/organization_rows.h"
#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"

namespace certmgr::store {
namespace {

[[noreturn]] void name_taken(const std::string& name) {
  Trouble trouble =
      store_trouble("organization_exists", "cannot add organization " + name, "there is one of this name",
                    "change it with 'certmgr org edit " + name + "', or choose another name");
  trouble.kind = TroubleKind::usage;
  throw Failure(std::move(trouble));
}

void append_all(SQLite::Database& connection, const std::vector<EventDraft>& events, Instant now) {
  for (const auto& event : events) append_event(connection, event, now);
}

bool is_as_seen(SQLite::Database& connection, std::int64_t organization_id,
                const std::vector<OrganizationValidation>& seen) {
  const auto stored = validations_of(connection, organization_id);
  return std::equal(stored.begin(), stored.end(), seen.begin(), seen.end(),
                    [](const OrganizationValidation& a, const OrganizationValidation& b) {
                      return a.id == b.id && a.revision == b.revision;
                    });
}

}  // namespace

std::optional<Organization> SqliteOrganizationStore::find_organization(const std::string& name) {
  return database_.read("read organization " + name, [&](SQLite::Database& connection) {
    return find_organization_row(connection, name);
  });
}

std::vector<Organization> SqliteOrganizationStore::organizations() {
  return database_.read("list the organizations",
                        [](SQLite::Database& connection) { return all_organizations(connection); });
}

std::vector<Organization> SqliteOrganizationStore::versions(std::int64_t organization_id) {
  return database_.read(
      "read organization " + std::to_string(organization_id),
      [&](SQLite::Database& connection) { return organization_versions(connection, organization_id); });
}

std::vector<OrganizationValidation> SqliteOrganizationStore::validations(std::int64_t organization_id) {
  return database_.read(
      "read the validations of organization " + std::to_string(organization_id),
      [&](SQLite::Database& connection) { return validations_of(connection, organization_id); });
}

Organization SqliteOrganizationStore::add_organization(const OrganizationRecord& record,
                                                       const EventDraft& event) {
  return database_.write("add organization " + record.name, [&](SQLite::Database& connection) {
    if (find_organization_row(connection, record.name)) name_taken(record.name);
    const Instant now = clock_.now();
    auto added = insert_organization(connection, record, now);
    append_event(connection, event, now);
    return added;
  });
}

Organization SqliteOrganizationStore::edit_organization(
    const Organization& organization, const OrganizationRecord& record,
    const std::vector<OrganizationValidation>& validations, const std::vector<EventDraft>& events) {
  return database_.write("change organization " + record.name, [&](SQLite::Database& connection) {
    const Instant now = clock_.now();
    auto next = append_version(connection, organization, record, now);
    for (const auto& validation : validations) put_validation(connection, validation, now);
    append_all(connection, events, now);
    return next;
  });
}

void SqliteOrganizationStore::remove_organization(const Organization& organization, const EventDraft& event) {
  database_.write("remove organization " + organization.record.name, [&](SQLite::Database& connection) {
    const Instant now = clock_.now();
    end_organization(connection, organization, now);
    append_event(connection, event, now);
  });
}

void SqliteOrganizationStore::save_validations(const std::vector<OrganizationValidation>& validations,
                                               const std::vector<EventDraft>& events) {
  database_.write("save the validations", [&](SQLite::Database& connection) {
    const Instant now = clock_.now();
    for (const auto& validation : validations) put_validation(connection, validation, now);
    append_all(connection, events, now);
  });
}

void SqliteOrganizationStore::settle(std::int64_t organization_id,
                                     const std::vector<OrganizationValidation>& seen,
                                     const std::vector<OrganizationValidation>& changed,
                                     const std::vector<EventDraft>& events, std::optional<Instant> wake_at) {
  const auto what = "save the clocks of organization " + std::to_string(organization_id);
  database_.write(what, [&](SQLite::Database& connection) {
    const TaskRef task{TaskKind::organization, organization_id};
    const Instant now = clock_.now();
    if (!is_as_seen(connection, organization_id, seen)) return move_task(connection, task, now);
    for (const auto& validation : changed) put_validation(connection, validation, now);
    append_all(connection, events, now);
    if (wake_at) return move_task(connection, task, *wake_at);
    end_task(connection, task);
  });
}

}  // namespace certmgr::store
