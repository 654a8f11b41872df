// SPDX-License-Identifier: MIT
#pragma once

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {

using Lock = std::unique_lock<std::mutex>;

/// The id of a new authorization, or of a valid one that may be used again.
std::string authorization_for(Core& core, const std::string& account, const Identifier& bare, bool wildcard);
/// RFC 8555 section 7.4.1.
Reply new_authorization(Core& core, const Signed& request);
/// Sections 7.5 and 7.5.2: read or deactivate.
Reply authorization(Core& core, Lock& lock, const Signed& request, const std::string& id);
/// Section 7.5.1: read, or ask for the proof to be looked at.
Reply challenge(Core& core, Lock& lock, const Signed& request, const std::string& id);

/// Why an authorization is not valid.
Problem failure_of(const Core& core, const Authorization& authorization);
/// Lets go of the lock until no proof for these is being looked at, ten seconds at most.
void wait_for_proofs(Core& core, Lock& lock, const std::vector<std::string>& authorizations);

}  // namespace certmgr::lab::strict
