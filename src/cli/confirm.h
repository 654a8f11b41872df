// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "cli/output.h"

namespace certmgr::cli {

/// Somebody can be asked: stdin and stdout are terminals, and stdout is not for a program.
bool can_ask(const Output& output);

/// Asks on the terminal. Anything but y or yes is no.
bool confirmed(const std::string& question);

}  // namespace certmgr::cli
