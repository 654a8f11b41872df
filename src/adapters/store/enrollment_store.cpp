// SPDX-License-Identifier: MIT
#include "adapters/store/enrollment_store.h"

#include "adapters/store/certificate_rows.h"
#include "adapters/store/enrollment_rows.h"
#include "adapters/store/event_chain.h"
#include "adapters/store/order_writer.h"
#include "adapters/store/renewal_rows.h"
#include "adapters/store/sql.h"
#include "adapters/store/store_trouble.h"
#include "adapters/store/task_rows.h"
#include "adapters/store/version_rows.h"

namespace certmgr::store {
namespace {

using enrollment::Enrollment;
using enrollment::Grant;

/// Whatever wakes it may have been missed.
constexpr Duration kSeldom = std::chrono::hours(24);

std::string row_name(std::int64_t id) { return "enrollment " + std::to_string(id); }

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

/// Where somebody was faster, what was decided need not be right any more.
void refuse_late(SQLite::Database& connection, const EnrollmentStore::Wish& wish,
                 const std::optional<Certificate>& known) {
  const std::string row = "certificate " + wish.spec.label;
  if (known.has_value() != wish.seen.has_value() || (known && known->spec != *wish.seen))
    throw Failure(conflict(row, "somebody else has changed it meanwhile"));
  const auto open = known ? find_open_enrollment(connection, known->id) : std::nullopt;
  const bool second = open && wish.enrollment && wish.enrollment->id == 0;
  if (second || (open ? open->id : 0) != wish.open_id)
    throw Failure(conflict(row, open ? row_name(open->id) + " was opened for it meanwhile"
                                     : row_name(wish.open_id) + " has ended meanwhile"));
}

Enrollment insert_with_events(SQLite::Database& connection, Enrollment enrollment,
                              const std::vector<EventDraft>& events, Instant now) {
  enrollment = insert_enrollment(connection, enrollment);
  for (EventDraft event : events) {
    event.data["enrollment"] = std::to_string(enrollment.id);
    append_event(connection, event, now);
  }
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

EnrollmentStore::Wished SqliteEnrollmentStore::wish(const Wish& wish) {
  return database_.write("request " + wish.spec.label, [&](SQLite::Database& connection) {
    const Instant now = clock_.now();
    const auto known = find_certificate(connection, wish.spec.label);
    refuse_late(connection, wish, known);
    const bool changes = !known || known->spec != wish.spec;
    Wished wished{changes ? write_certificate(connection, wish.spec, known, now) : *known, wish.enrollment};
    if (changes) append_event(connection, wish.event, now);
    if (!wished.enrollment) return wished;
    auto& enrollment = *wished.enrollment;
    enrollment.certificate_id = wished.certificate.id;
    enrollment =
        enrollment.id == 0
            ? insert_with_events(connection, std::move(enrollment), wish.events, now)
            : save_in(connection, {.enrollment = enrollment, .events = wish.events, .wake_at = now}, now);
    return wished;
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
