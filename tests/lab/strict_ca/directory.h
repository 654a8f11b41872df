// SPDX-License-Identifier: MIT
#pragma once

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {

/// RFC 8555 section 7.1.1 with the members of RFC 9773 and of the drafts on profiles and dns-persist-01.
Reply directory(const Core& core);
/// What stands before the hash in records of dns-persist-01 (draft -02).
std::string account_hash_prefix(const Core& core);

}  // namespace certmgr::lab::strict
