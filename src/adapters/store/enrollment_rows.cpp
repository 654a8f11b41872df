// SPDX-License-Identifier: MIT
#include "adapters/store/enrollment_rows.h"

#include "adapters/store/enrollment_codec.h"
#include "adapters/store/organization_codec.h"
#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"

namespace certmgr::store {
namespace {

using enrollment::Approval;
using enrollment::Enrollment;
using enrollment::Grant;

constexpr const char* kSelect =
    "SELECT id, coalesce(certificate_id, 0), organization_id, organization_version, level, state, created_at,"
    " entered_at, revision, payload, (SELECT payload FROM organization_versions v WHERE v.organization_id ="
    " enrollments.organization_id AND v.version = organization_version) FROM enrollments ";
constexpr const char* kOpen = "state NOT IN ('issued', 'denied', 'withdrawn', 'expired', 'failed')";
constexpr const char* kSelectGrant = "SELECT id, until, revoked_at, payload FROM enrollment_grants ";

Approval read_approval(SQLite::Statement& row) {
  Approval approval{row.getColumn(0).getString(), instant(row.getColumn(1).getInt64()),
                    row.getColumn(2).getString()};
  decode_row("an approval of " + approval.person,
             [&] { decode_approval(row.getColumn(3).getString(), approval); });
  return approval;
}

std::vector<Approval> approvals_of(SQLite::Database& connection, std::int64_t id) {
  return all(query(connection,
                   "SELECT person, at, request_hash, payload FROM enrollment_approvals"
                   " WHERE enrollment_id = ? ORDER BY number",
                   id),
             read_approval);
}

/// What the certificate is to say of the organization follows from the version of its record.
std::vector<SubjectAttribute> subject_from(const std::string& record_payload, OrganizationLevel level) {
  OrganizationRecord record;
  decode_record(record_payload, record);
  return subject_of(record, level);
}

Enrollment read_row(SQLite::Statement& row) {
  Enrollment enrollment;
  enrollment.id = row.getColumn(0).getInt64();
  decode_row("enrollment " + std::to_string(enrollment.id), [&] {
    auto& request = enrollment.request;
    decode_enrollment(row.getColumn(9).getString(), enrollment);
    enrollment.certificate_id = row.getColumn(1).getInt64();
    request.organization_id = row.getColumn(2).getInt64();
    request.organization_version = row.getColumn(3).getInt();
    const auto level = parse_organization_level(row.getColumn(4).getString());
    if (!level) throw BadPayload("unknown level");
    request.level = *level;
    if (row.getColumn(5).getString() != name_of(enrollment.state))
      throw BadPayload("column and payload name different states");
    enrollment.created_at = instant(row.getColumn(6).getInt64());
    enrollment.entered_at = instant(row.getColumn(7).getInt64());
    enrollment.revision = row.getColumn(8).getInt64();
    request.subject = subject_from(row.getColumn(10).getString(), request.level);
  });
  return enrollment;
}

auto reader(SQLite::Database& connection) {
  return [&connection](SQLite::Statement& row) {
    Enrollment enrollment = read_row(row);
    enrollment.approvals = approvals_of(connection, enrollment.id);
    return enrollment;
  };
}

/// The certificate's lane: nobody orders for it meanwhile.
TaskRef task_of(std::int64_t id) { return {TaskKind::enrollment, id}; }

std::optional<std::int64_t> order_column(const enrollment::State& state) {
  const auto id = enrollment::order_of(state).order_id;
  return id == 0 ? std::nullopt : std::optional(id);
}

void insert_approvals(SQLite::Database& connection, const Enrollment& enrollment, std::size_t from) {
  for (auto i = from; i < enrollment.approvals.size(); ++i) {
    const auto& approval = enrollment.approvals[i];
    execute(connection,
            "INSERT INTO enrollment_approvals (enrollment_id, number, person, at, request_hash, payload)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            enrollment.id, static_cast<std::int64_t>(i + 1), approval.person, approval.at,
            approval.request_hash, encode_approval(approval));
  }
}

Grant read_grant(SQLite::Statement& row) {
  Grant grant;
  grant.id = row.getColumn(0).getInt64();
  decode_row("grant " + std::to_string(grant.id), [&] {
    decode_grant(row.getColumn(3).getString(), grant);
    grant.until = instant(row.getColumn(1).getInt64());
    if (!row.getColumn(2).isNull()) grant.revoked_at = instant(row.getColumn(2).getInt64());
  });
  return grant;
}

}  // namespace

std::optional<Enrollment> find_enrollment(SQLite::Database& connection, std::int64_t id) {
  return first(query(connection, std::string(kSelect) + "WHERE id = ?", id), reader(connection));
}

std::optional<Enrollment> find_open_enrollment(SQLite::Database& connection, std::int64_t certificate_id) {
  return first(
      query(connection, std::string(kSelect) + "WHERE certificate_id = ? AND " + kOpen, certificate_id),
      reader(connection));
}

std::optional<Enrollment> find_last_enrollment(SQLite::Database& connection, std::int64_t certificate_id) {
  return first(query(connection, std::string(kSelect) + "WHERE certificate_id = ? ORDER BY id DESC LIMIT 1",
                     certificate_id),
               reader(connection));
}

std::vector<Enrollment> list_enrollments(SQLite::Database& connection, bool only_open, std::int64_t before,
                                         int limit) {
  const std::string which = only_open ? std::string(" AND ") + kOpen : "";
  return all(query(connection,
                   std::string(kSelect) + "WHERE (?1 = 0 OR id < ?1)" + which + " ORDER BY id DESC LIMIT ?2",
                   before, limit),
             reader(connection));
}

Enrollment insert_enrollment(SQLite::Database& connection, const Enrollment& enrollment) {
  Enrollment added = enrollment;
  added.revision = 1;
  const auto& request = added.request;
  execute(connection,
          "INSERT INTO enrollments (certificate_id, organization_id, organization_version, level, state,"
          " order_id, created_at, entered_at, revision, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          added.certificate_id, request.organization_id, request.organization_version,
          to_string(request.level), name_of(added.state), order_column(added.state), added.created_at,
          added.entered_at, added.revision, encode_enrollment(added));
  added.id = connection.getLastInsertRowid();
  insert_approvals(connection, added, 0);
  wake_enrollment(connection, added.id, added.created_at);
  return added;
}

Enrollment update_enrollment(SQLite::Database& connection, const Enrollment& enrollment) {
  Enrollment saved = enrollment;
  const auto expected = saved.revision++;
  const auto& request = saved.request;
  if (execute(connection,
              "UPDATE enrollments SET organization_id = ?, organization_version = ?, level = ?, state = ?,"
              " order_id = ?, entered_at = ?, payload = ?, revision = ? WHERE id = ? AND revision = ?",
              request.organization_id, request.organization_version, to_string(request.level),
              name_of(saved.state), order_column(saved.state), saved.entered_at, encode_enrollment(saved),
              saved.revision, saved.id, expected) == 0)
    throw Failure(conflict("enrollment " + std::to_string(saved.id), "it was changed after it was read"));
  insert_approvals(connection, saved, approvals_of(connection, saved.id).size());
  return saved;
}

void wake_enrollment(SQLite::Database& connection, std::int64_t id, Instant at) {
  wake_task(connection, task_of(id), lane_of("enrollment", id), "enrollment", at);
}

std::optional<EventDraft> orphan_enrollments(SQLite::Database& connection, std::int64_t certificate_id,
                                             Instant now) {
  std::optional<EventDraft> withdrawn;
  if (auto open = find_open_enrollment(connection, certificate_id)) {
    withdrawn = EventDraft{"enrollment.withdrawn",
                           open->request.spec.label,
                           {{"enrollment", std::to_string(open->id)},
                            {"from", std::string(enrollment::name_of(open->state))},
                            {"to", "withdrawn"},
                            {"reason", "the certificate was deleted"}}};
    open->state = enrollment::Withdrawn{"", "the certificate was deleted"};
    open->entered_at = now;
    update_enrollment(connection, *open);
    end_task(connection, task_of(open->id));
  }
  for (const char* table : {"enrollments", "enrollment_grants"})
    execute(connection,
            std::string("UPDATE ") + table + " SET certificate_id = NULL WHERE certificate_id = ?",
            certificate_id);
  return withdrawn;
}

std::optional<Grant> find_grant(SQLite::Database& connection, std::int64_t id) {
  return first(query(connection, std::string(kSelectGrant) + "WHERE id = ?", id), read_grant);
}

std::vector<Grant> grants_of_certificate(SQLite::Database& connection, std::int64_t certificate_id) {
  return all(query(connection, std::string(kSelectGrant) + "WHERE certificate_id = ? ORDER BY id DESC",
                   certificate_id),
             read_grant);
}

Grant write_grant(SQLite::Database& connection, std::int64_t certificate_id, const Grant& grant,
                  Instant now) {
  Grant written = grant;
  if (grant.id == 0) {
    execute(connection,
            "INSERT INTO enrollment_grants (certificate_id, until, created_at, payload) VALUES (?, ?, ?, ?)",
            certificate_id, grant.until, now, encode_grant(grant));
    written.id = connection.getLastInsertRowid();
    return written;
  }
  // It changes by one word at a time, or is ended.
  const auto words = static_cast<std::int64_t>(grant.words.size());
  const auto before = grant.revoked_at ? words : words - 1;
  if (execute(connection,
              "UPDATE enrollment_grants SET revoked_at = ?, payload = ? WHERE id = ? AND revoked_at IS NULL"
              " AND json_array_length(payload, '$.words') = ?",
              grant.revoked_at, encode_grant(grant), grant.id, before) == 0)
    throw Failure(conflict("grant " + std::to_string(grant.id), "it was changed after it was read"));
  return written;
}

void check_enrollments(SQLite::Database& connection, const std::function<void(const std::string&)>& report) {
  check_rows(query(connection, std::string(kSelect) + "ORDER BY id"), reader(connection), report);
  check_rows(query(connection, std::string(kSelectGrant) + "ORDER BY id"), read_grant, report);
}

}  // namespace certmgr::store
