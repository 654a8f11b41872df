// SPDX-License-Identifier: MIT
#pragma once

#include "config/enrollment_entry.h"
#include "config/table_reader.h"

namespace certmgr::config {

/// What holds without a word in the configuration. The lead is the time that CAs take for what people must
/// check: 5 working days for OV, 15 for EV.
EnrollmentEntry usual_enrollment();

/// [enrollment]: for both levels, before what [enrollment.ov] and [enrollment.ev] say for one. Throws Failure
/// like TableReader.
void read_enrollment(const toml::table& table, const std::string& path, EnrollmentEntry& entry);

/// [roles]: from now on only it counts. Throws Failure like TableReader.
enrollment::RoleTable read_roles(const toml::table& table, const std::string& path);

}  // namespace certmgr::config
