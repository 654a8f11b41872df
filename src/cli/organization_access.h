// SPDX-License-Identifier: MIT
#pragma once

#include "cli/command.h"

namespace certmgr::cli {

/// The organizations, for somebody who changes them or notes what a CA says of them. Throws Failure
/// "not_permitted": whom a certificate vouches for, and who may approve it, stands in their records.
OrganizationDesk& organizations_to_keep(Application& app);

}  // namespace certmgr::cli
