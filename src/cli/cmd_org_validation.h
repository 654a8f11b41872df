// SPDX-License-Identifier: MIT
#pragma once

#include "cli/command.h"

namespace certmgr::cli {

/// Adds to `org` the commands that record how a CA validates an organization.
void add_org_validation(CLI::App& org, Action& chosen);

}  // namespace certmgr::cli
