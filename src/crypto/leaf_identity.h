// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/issued_check.h"
#include "certmgr/domain/trouble.h"
#include "crypto/openssl_handles.h"

namespace certmgr::crypto {

/// What a certificate says of its holder and its purpose, beside names and key.
struct LeafIdentity {
  std::vector<std::string> policies;  // RFC 5280 section 4.2.1.4, dotted; none also where they cannot be read
  std::vector<FoundAttribute> subject;  // in its order
  bool server_auth = true;              // section 4.2.1.12: it may be a server's
};

/// Texts come in UTF-8 and normal form C, whatever string type they have. One that is no text of its type,
/// holds control characters or is far too long is escaped, and U+FFFD is put before it, so that it is no name
/// of anybody. Trouble "chain_malformed" for more attributes or policies than any certificate has.
Result<LeafIdentity> read_identity(const X509& leaf);

}  // namespace certmgr::crypto
