// SPDX-License-Identifier: MIT
#pragma once

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {

/// RFC 8555 section 7.6: by the account that may, or by the certificate's own key.
Reply revoke(Core& core, const Signed& request);
/// The list of what is revoked, DER (RFC 5280 section 5), as of now.
std::string revocation_list(const Core& core);

}  // namespace certmgr::lab::strict
