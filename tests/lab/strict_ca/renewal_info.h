// SPDX-License-Identifier: MIT
#pragma once

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {

/// RFC 9773 section 4.1: key identifier of the issuer and serial number.
std::string renewal_id(X509& leaf);
/// Section 4.2.
Reply renewal_info(const Core& core, const std::string& id);
/// Section 5: the certificate is replaced by this order from now on, or Refusal.
void take_replacement(Core& core, const Order& order);

}  // namespace certmgr::lab::strict
