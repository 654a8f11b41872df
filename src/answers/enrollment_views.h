// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "answers/answer.h"
#include "certmgr/domain/event.h"
#include "certmgr/services/enrollment_desk.h"

namespace certmgr::answers {

// Enrollments as the documents of --json (docs/json.md), and as text.

nlohmann::ordered_json enrollment_view(const EnrollmentSight& sight);
/// What `show` adds: steps, approvals, grants.
nlohmann::ordered_json enrollment_details(const EnrollmentSight& sight, const enrollment::Context& context,
                                          const std::vector<enrollment::Grant>& grants);
std::string enrollment_text(const EnrollmentSight& sight, const enrollment::Context& context,
                            const std::vector<enrollment::Grant>& grants);
/// "waits for approver: approval (certmgr enrollment approve 7)"
std::string turn_text(const EnrollmentSight& sight);
/// How it stands after something was done to it: its details, and one line.
Answer told(EnrollmentDesk& desk, const EnrollmentSight& sight);
/// One line each.
std::string enrollment_table(const std::vector<EnrollmentSight>& sights);

/// What was done to one, in the order given.
nlohmann::ordered_json enrollment_events(const std::vector<Event>& events);
std::string enrollment_events_text(const std::vector<Event>& events);

}  // namespace certmgr::answers
