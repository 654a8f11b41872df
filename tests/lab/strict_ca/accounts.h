// SPDX-License-Identifier: MIT
#pragma once

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {

/// RFC 8555 section 7.3.
Reply new_account(Core& core, const Signed& request);
/// Sections 7.3.2 and 7.3.6: read, new contacts, deactivation.
Reply account(Core& core, const Signed& request, const std::string& id);
/// Section 7.1.2.1; `page` counts from 0.
Reply orders_of(Core& core, const Signed& request, const std::string& id, std::size_t page);

}  // namespace certmgr::lab::strict
