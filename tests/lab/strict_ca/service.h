// SPDX-License-Identifier: MIT
#pragma once

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {

/// Takes one request to the HTTPS side from its first octet to its reply: finds the resource, lets the
/// gate look at it, writes the log, adds what every reply has. Takes the core's lock itself.
Reply serve(Core& core, const Request& request);

}  // namespace certmgr::lab::strict
