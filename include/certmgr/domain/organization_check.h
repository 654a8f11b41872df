// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/day.h"
#include "certmgr/domain/organization.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// Something about one field of a record.
struct OrganizationFinding {
  std::string field;  // "address.country", "contacts[0].email"
  Trouble trouble;    // kind usage, code "bad_organization"
};

struct OrganizationFindings {
  std::vector<OrganizationFinding> faults;    // no CA could issue for it
  std::vector<OrganizationFinding> warnings;  // a CA will ask
  [[nodiscard]] bool sound() const { return faults.empty(); }
};

/// Everything that can be told without asking anybody: form and length of each text, placeholders, country
/// codes, what the level needs (Baseline Requirements 2.2.6 section 7.1.2.7, EV Guidelines 2.0.2 section
/// 7.1.4.2). Finds all at once, in the order of the fields. `today` is for dates that lie ahead or behind.
/// Pure.
OrganizationFindings check_organization(const OrganizationRecord& record, OrganizationLevel level, Day today);

/// All of them as one trouble that begins with `what`; the detail has a line for each.
Trouble all_findings(const std::string& what, const std::vector<OrganizationFinding>& findings);

}  // namespace certmgr
