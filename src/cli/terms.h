// SPDX-License-Identifier: MIT
#pragma once

#include "cli/command.h"

namespace certmgr::cli {

/// Where the trouble is that nobody has agreed to the CA's terms of service, and somebody sits at a terminal:
/// asks. True when they have agreed, so that the same can be tried again.
bool agreed_on_terminal(Session& session, const Trouble& trouble);

}  // namespace certmgr::cli
