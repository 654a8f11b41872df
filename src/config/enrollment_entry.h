// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <map>
#include <set>

#include "certmgr/domain/enrollment/approval.h"
#include "certmgr/domain/enrollment/role_table.h"

namespace certmgr::config {

/// [enrollment] and [roles]: how requests for OV and EV certificates are decided, and by whom. Holds both
/// levels.
struct EnrollmentEntry {
  std::map<OrganizationLevel, enrollment::Rules> rules;
  std::set<OrganizationLevel> fallback_dv;  // that would rather have DV than let a certificate run out
  std::map<OrganizationLevel, std::chrono::days>
      lead;                   // that a renewal is asked for before one of DV would be
  int open_per_person = 100;  // requests of who has no way to the store
  enrollment::RoleTable roles = enrollment::default_roles();
};

}  // namespace certmgr::config
