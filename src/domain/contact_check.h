// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "domain/finding_list.h"

namespace certmgr {

/// The persons of a record: reachable, known roles, authority not out of date.
void check_contacts(const std::vector<OrganizationContact>& contacts, OrganizationLevel level, Day today,
                    FindingList& found);

}  // namespace certmgr
