// SPDX-License-Identifier: MIT
#pragma once

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {

/// A new account key, with both signatures looked at (RFC 8555 section 7.3.5).
Reply key_change(Core& core, const Signed& outer);

}  // namespace certmgr::lab::strict
