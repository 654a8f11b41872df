// SPDX-License-Identifier: MIT
#pragma once

#include "cli/command.h"

namespace certmgr::cli {

/// The program: reads the arguments, runs the command, returns the exit code. No exception leaves it.
int run(int argc, const char* const* argv, const WaysIn& ways);

}  // namespace certmgr::cli
