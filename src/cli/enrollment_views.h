// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "certmgr/services/enrollment_desk.h"

namespace certmgr::cli {

// Enrollments as the documents of --json (docs/json.md), and as text.

nlohmann::ordered_json enrollment_view(const EnrollmentSight& sight);
/// What `show` adds: steps, approvals, grants.
nlohmann::ordered_json enrollment_details(const EnrollmentSight& sight, const enrollment::Context& context,
                                          const std::vector<enrollment::Grant>& grants);
std::string enrollment_text(const EnrollmentSight& sight, const enrollment::Context& context,
                            const std::vector<enrollment::Grant>& grants);
/// "waits for approver: approval (certmgr enrollment approve 7)"
std::string turn_text(const EnrollmentSight& sight);

}  // namespace certmgr::cli
