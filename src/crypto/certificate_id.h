// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "certmgr/domain/trouble.h"

namespace certmgr::crypto {

/// What RFC 9773 section 4.1 calls the certificate by: base64url of its authority key identifier, a dot,
/// base64url of its serial number. Of the first certificate in the PEM text; empty if it has no such
/// identifier.
Result<std::string> certificate_id(std::string_view chain_pem);

}  // namespace certmgr::crypto
