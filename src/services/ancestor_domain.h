// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/identifier.h"
#include "certmgr/ports/name_encoder.h"

namespace certmgr {

/// The domain as it was typed, for CertificateSpec::ancestor_domain; empty stays empty. Trouble
/// "bad_ancestor_domain" (usage) unless it is above one of the names at least.
Result<std::string> ancestor_for(const std::vector<Identifier>& identifiers, const std::string& typed,
                                 const NameEncoder& names);

}  // namespace certmgr
