// SPDX-License-Identifier: MIT
#include "adapters/store/enrollment_store.h"

#include "adapters/store/enrollment_rows.h"
#include "adapters/store/event_chain.h"
#include "adapters/store/order_writer.h"
#include "adapters/store/renewal_rows.h"
#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"
#include "adapters/store/version_rows.h"

namespace certmgr::store {
namespace {

using enrollment::Enrollment;
using enrollment::Grant;

/// Whatever wakes it may have been missed.
constexpr Duration kSeldom = std::chrono::hours(24);

std::string row_name(std::int64_t id) { return "enrollment " + std::to_string(id); }

[[noreturn]] void refuse_second(const Enrollment& open) {
  throw Failure({.kind = TroubleKind::usage,
                 .code = "enrollment_open",
                 .what = "cannot request " + open.request.spec.label,
                 .why = row_name(open.id) + " requests it already and is " +
                        std::string(enrollment::name_of(open.state)),
                 .hint = "see 'certmgr enrollment show " + std::to_string(open.id) + "'"});
}

/// The id of the order that was opened goes into the state.
void place(SQLite::Database& connection, const EnrollmentStore::Save& save, Enrollment& enrollment,
           Instant now) {
  Order order = *save.order;
  if (order.id != 0) {
    update_order(connection, {order, save.order_event, std::nullopt, std::nullopt, {}}, now);
    return;
  }
  order = insert_order(connection, order, save.order_event, now);
  if (order.enrollment_id != enrollment.id)
    throw Failure(conflict(row_name(enrollment.id), "another order of the certificate is open"));
  std::get<enrollment::Ordered>(enrollment.state).order_id = order.id;
}

void set_task(SQLite::Database& connection, const Enrollment& enrollment, std::optional<Instant> wake_at,
              Instant now) {
  const TaskRef task{TaskKind::enrollment, enrollment.id};
  if (enrollment::is_final(enrollment.state)) {
    end_task(connection, task);
    if (enrollment.certificate_id != 0) wake_renewal(connection, enrollment.certificate_id, now);
    return;
  }
  move_task(connection, task, wake_at.value_or(now + kSeldom));
}

Enrollment save_in(SQLite::Database& connection, const EnrollmentStore::Save& save, Instant now) {
  Enrollment enrollment = save.enrollment;
  if (save.order) place(connection, save, enrollment, now);
  if (save.release_version != 0) release_version(connection, save.release_version, now);
  enrollment = update_enrollment(connection, enrollment);
  set_task(connection, enrollment, save.wake_at, now);
  for (const auto& event : save.events) append_event(connection, event, now);
  return enrollment;
}

}  // namespace

std::optional<Enrollment> SqliteEnrollmentStore::enrollment(std::int64_t id) {
  return database_.read("read " + row_name(id),
                        [&](SQLite::Database& connection) { return find_enrollment(connection, id); });
}

std::optional<Enrollment> SqliteEnrollmentStore::open_enrollment(std::int64_t certificate_id) {
  return database_.read(
      "read the open enrollment of certificate " + std::to_string(certificate_id),
      [&](SQLite::Database& connection) { return find_open_enrollment(connection, certificate_id); });
}

std::optional<Enrollment> SqliteEnrollmentStore::last_enrollment(std::int64_t certificate_id) {
  return database_.read(
      "read the last enrollment of certificate " + std::to_string(certificate_id),
      [&](SQLite::Database& connection) { return find_last_enrollment(connection, certificate_id); });
}

std::vector<Enrollment> SqliteEnrollmentStore::enrollments(bool only_open, std::int64_t before, int limit) {
  return database_.read("list the enrollments", [&](SQLite::Database& connection) {
    return list_enrollments(connection, only_open, before, limit);
  });
}

Enrollment SqliteEnrollmentStore::add_enrollment(const Enrollment& enrollment,
                                                 const std::vector<EventDraft>& events) {
  return database_.write("request " + enrollment.request.spec.label,
                         [&](SQLite::Database& connection) -> Enrollment {
                           if (const auto open = find_open_enrollment(connection, enrollment.certificate_id))
                             refuse_second(*open);
                           auto added = insert_enrollment(connection, enrollment);
                           for (EventDraft event : events) {
                             event.data["enrollment"] = std::to_string(added.id);
                             append_event(connection, event, clock_.now());
                           }
                           return added;
                         });
}

Enrollment SqliteEnrollmentStore::save(const Save& save) {
  return database_.write("save " + row_name(save.enrollment.id), [&](SQLite::Database& connection) {
    return save_in(connection, save, clock_.now());
  });
}

void SqliteEnrollmentStore::note(const EventDraft& event) {
  database_.write("note what was refused", [&](SQLite::Database& connection) {
    append_event(connection, event, clock_.now());
    return 0;
  });
}

void SqliteEnrollmentStore::wake(std::int64_t enrollment_id) {
  database_.write("wake " + row_name(enrollment_id), [&](SQLite::Database& connection) {
    wake_enrollment(connection, enrollment_id, clock_.now());
    return 0;
  });
}

std::optional<Grant> SqliteEnrollmentStore::grant(std::int64_t id) {
  return database_.read("read grant " + std::to_string(id),
                        [&](SQLite::Database& connection) { return find_grant(connection, id); });
}

std::vector<Grant> SqliteEnrollmentStore::grants_of(std::int64_t certificate_id) {
  return database_.read(
      "read the grants of certificate " + std::to_string(certificate_id),
      [&](SQLite::Database& connection) { return grants_of_certificate(connection, certificate_id); });
}

Grant SqliteEnrollmentStore::put_grant(std::int64_t certificate_id, const Grant& grant,
                                       const EventDraft& event) {
  return database_.write("save a grant", [&](SQLite::Database& connection) {
    const Instant now = clock_.now();
    auto written = write_grant(connection, certificate_id, grant, now);
    EventDraft named = event;
    named.data["grant"] = std::to_string(written.id);
    append_event(connection, named, now);
    return written;
  });
}

}  // namespace certmgr::store
