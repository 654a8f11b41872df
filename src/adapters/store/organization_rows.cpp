// SPDX-License-Identifier: MIT
#include "adapters/store/organization_rows.h"

#include "adapters/store/enrollment_rows.h"
#include "adapters/store/organization_codec.h"
#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"

namespace certmgr::store {
namespace {

constexpr const char* kSelect =
    "SELECT organizations.id, organizations.name, v.version, v.created_at, v.payload FROM organizations"
    " JOIN organization_versions v ON v.organization_id = organizations.id ";
constexpr const char* kNewest = "WHERE v.version = organizations.version AND removed_at IS NULL ";
constexpr const char* kSelectValidation =
    "SELECT id, organization_id, ca, level, state, record_version, entered_at, revision, payload, expires_at"
    " FROM organization_validations ";

Organization read_organization(SQLite::Statement& row) {
  Organization organization;
  organization.id = row.getColumn(0).getInt64();
  organization.record.name = row.getColumn(1).getString();
  organization.version = row.getColumn(2).getInt();
  organization.changed_at = instant(row.getColumn(3).getInt64());
  decode_row(
      "version " + std::to_string(organization.version) + " of organization " + organization.record.name,
      [&] { decode_record(row.getColumn(4).getString(), organization.record); });
  return organization;
}

std::optional<std::int64_t> expiry_column(const OrganizationValidation& validation) {
  if (!validation.expires) return std::nullopt;
  return millis(Instant(*validation.expires));
}

OrganizationValidation read_validation(SQLite::Statement& row) {
  OrganizationValidation validation;
  validation.id = row.getColumn(0).getInt64();
  decode_row("organization validation " + std::to_string(validation.id), [&] {
    validation.organization_id = row.getColumn(1).getInt64();
    validation.ca = row.getColumn(2).getString();
    const auto level = parse_organization_level(row.getColumn(3).getString());
    const auto state = parse_validation_state(row.getColumn(4).getString());
    if (!level || !state) throw BadPayload("unknown level or state");
    validation.level = *level;
    validation.state = *state;
    validation.record_version = row.getColumn(5).getInt();
    validation.entered_at = instant(row.getColumn(6).getInt64());
    validation.revision = row.getColumn(7).getInt64();
    decode_validation(row.getColumn(8).getString(), validation);
    std::optional<std::int64_t> column;
    if (!row.getColumn(9).isNull()) column = row.getColumn(9).getInt64();
    if (column != expiry_column(validation)) throw BadPayload("its end and its payload disagree");
  });
  return validation;
}

void insert_version(SQLite::Database& connection, const Organization& organization) {
  execute(connection,
          "INSERT INTO organization_versions (organization_id, version, payload, created_at)"
          " VALUES (?, ?, ?, ?)",
          organization.id, organization.version, encode_record(organization.record), organization.changed_at);
}

/// A second cycle that runs, or is in force, for one CA and level.
void refuse_rival(SQLite::Database& connection, const OrganizationValidation& validation) {
  const bool running = is_running(validation.state);
  if (!running && !is_in_force(validation.state)) return;
  const std::string states =
      running ? "('submitted', 'in_vetting', 'action_required')" : "('validated', 'expiring')";
  const bool rival =
      query(connection,
            "SELECT 1 FROM organization_validations WHERE organization_id = ? AND ca = ?"
            " AND level = ? AND id <> ? AND state IN " +
                states,
            validation.organization_id, validation.ca, to_string(validation.level), validation.id)
          .executeStep();
  if (rival)
    throw Failure(conflict("the validation at " + validation.ca, "another process was faster to move it"));
}

/// Its clocks are to be looked at.
void wake_clocks(SQLite::Database& connection, std::int64_t organization_id, Instant now) {
  wake_task(connection, {TaskKind::organization, organization_id}, lane_of("organization", organization_id),
            "organization", now);
}

/// What waited for the CA to validate the organization is looked at.
void wake_enrollments_of(SQLite::Database& connection, std::int64_t organization_id, Instant now) {
  const auto waiting = all(query(connection,
                                 "SELECT id FROM enrollments WHERE organization_id = ? AND state IN"
                                 " ('approved', 'blocked_org')",
                                 organization_id),
                           [](SQLite::Statement& row) { return row.getColumn(0).getInt64(); });
  for (const auto id : waiting) wake_enrollment(connection, id, now);
}

}  // namespace

std::optional<Organization> find_organization_row(SQLite::Database& connection, const std::string& name) {
  return first(query(connection, std::string(kSelect) + kNewest + "AND name = ?", name), read_organization);
}

std::vector<Organization> all_organizations(SQLite::Database& connection) {
  return all(query(connection, std::string(kSelect) + kNewest + "ORDER BY name"), read_organization);
}

std::vector<OrganizationValidation> standing_validations(SQLite::Database& connection) {
  return all(query(connection, std::string(kSelectValidation) +
                                   "WHERE state IN ('submitted', 'in_vetting', 'action_required',"
                                   " 'validated', 'expiring') ORDER BY id"),
             read_validation);
}

std::vector<Organization> organization_versions(SQLite::Database& connection, std::int64_t id) {
  return all(
      query(connection, std::string(kSelect) + "WHERE organizations.id = ? ORDER BY v.version DESC", id),
      read_organization);
}

std::vector<OrganizationValidation> validations_of(SQLite::Database& connection, std::int64_t id) {
  return all(
      query(connection, std::string(kSelectValidation) + "WHERE organization_id = ? ORDER BY id DESC", id),
      read_validation);
}

Organization insert_organization(SQLite::Database& connection, const OrganizationRecord& record,
                                 Instant now) {
  execute(connection, "INSERT INTO organizations (name, version, created_at) VALUES (?, 1, ?)", record.name,
          now);
  Organization added{connection.getLastInsertRowid(), 1, now, record};
  insert_version(connection, added);
  return added;
}

Organization append_version(SQLite::Database& connection, const Organization& organization,
                            const OrganizationRecord& record, Instant now) {
  Organization next{organization.id, organization.version + 1, now, record};
  if (execute(connection,
              "UPDATE organizations SET version = ? WHERE id = ? AND version = ? AND removed_at IS NULL",
              next.version, next.id, organization.version) == 0)
    throw Failure(conflict("organization " + record.name, "it was changed or removed meanwhile"));
  insert_version(connection, next);
  return next;
}

void end_organization(SQLite::Database& connection, const Organization& organization, Instant now) {
  if (execute(connection,
              "UPDATE organizations SET removed_at = ? WHERE id = ? AND version = ? AND removed_at IS NULL",
              now, organization.id, organization.version) == 0)
    throw Failure(
        conflict("organization " + organization.record.name, "it was changed or removed meanwhile"));
  wake_clocks(connection, organization.id, now);
}

void put_validation(SQLite::Database& connection, const OrganizationValidation& validation, Instant now) {
  refuse_rival(connection, validation);
  wake_clocks(connection, validation.organization_id, now);
  wake_enrollments_of(connection, validation.organization_id, now);
  if (validation.id == 0) {
    execute(connection,
            "INSERT INTO organization_validations (organization_id, ca, level, state, record_version,"
            " expires_at, created_at, entered_at, revision, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
            validation.organization_id, validation.ca, to_string(validation.level),
            to_string(validation.state), validation.record_version, expiry_column(validation), now,
            validation.entered_at, encode_validation(validation));
    return;
  }
  if (execute(connection,
              "UPDATE organization_validations SET state = ?, record_version = ?, expires_at = ?,"
              " entered_at = ?, revision = revision + 1, payload = ? WHERE id = ? AND revision = ?",
              to_string(validation.state), validation.record_version, expiry_column(validation),
              validation.entered_at, encode_validation(validation), validation.id, validation.revision) == 0)
    throw Failure(conflict("the validation at " + validation.ca, "another process was faster to move it"));
}

void check_organizations(SQLite::Database& connection,
                         const std::function<void(const std::string&)>& report) {
  check_rows(query(connection, std::string(kSelect) + "ORDER BY v.organization_id, v.version"),
             read_organization, report);
  check_rows(query(connection, std::string(kSelectValidation) + "ORDER BY id"), read_validation, report);
}

}  // namespace certmgr::store
