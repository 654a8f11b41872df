// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/enrollment/enrollment.h"
#include "certmgr/domain/event.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

std::optional<enrollment::Enrollment> find_enrollment(SQLite::Database& connection, std::int64_t id);
std::optional<enrollment::Enrollment> find_open_enrollment(SQLite::Database& connection,
                                                           std::int64_t certificate_id);
std::optional<enrollment::Enrollment> find_last_enrollment(SQLite::Database& connection,
                                                           std::int64_t certificate_id);
std::vector<enrollment::Enrollment> list_enrollments(SQLite::Database& connection, bool only_open,
                                                     std::int64_t before, int limit);

// The writers go within a transaction that also appends the events.

/// Returns it with its id.
enrollment::Enrollment insert_enrollment(SQLite::Database& connection,
                                         const enrollment::Enrollment& enrollment);
/// Raises the revision, and adds the approvals that are new. Failure "conflict" unless the stored revision is
/// that of `enrollment`.
enrollment::Enrollment update_enrollment(SQLite::Database& connection,
                                         const enrollment::Enrollment& enrollment);
/// Its task is due at `at`, or earlier if it is already.
void wake_enrollment(SQLite::Database& connection, std::int64_t id, Instant at);
/// The certificate goes: an open enrollment is given up, which is the event, and all of them stay as
/// evidence.
std::optional<EventDraft> orphan_enrollments(SQLite::Database& connection, std::int64_t certificate_id,
                                             Instant now);

std::optional<enrollment::Grant> find_grant(SQLite::Database& connection, std::int64_t id);
std::vector<enrollment::Grant> grants_of_certificate(SQLite::Database& connection,
                                                     std::int64_t certificate_id);
/// Inserts (id 0) or updates.
enrollment::Grant write_grant(SQLite::Database& connection, std::int64_t certificate_id,
                              const enrollment::Grant& grant, Instant now);

/// Reads every row; `report` is told what is wrong with the ones that cannot be read.
void check_enrollments(SQLite::Database& connection, const std::function<void(const std::string&)>& report);

}  // namespace certmgr::store
