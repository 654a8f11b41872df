// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/identifier.h"
#include "certmgr/domain/key_type.h"
#include "certmgr/domain/trouble.h"
#include "crypto/encoding.h"

namespace certmgr::crypto {

/// What stands in a certificate signing request (RFC 2986) that somebody else made.
struct ForeignRequestFacts {
  Bytes der;
  std::vector<Identifier> identifiers;  // canonical
  KeyType key_type = KeyType::ecdsa_p256;
  std::string spki_sha256;  // hex, of the public key's DER
};

/// From PEM or DER. Trouble (usage) "bad_csr" where no CA could issue for it: too long, undecodable, not
/// signed with its own key, a key of another type than ours, no names, names that are neither DNS names nor
/// addresses, a common name that is not among them (Baseline Requirements 7.1.4.3).
Result<ForeignRequestFacts> read_foreign_request(std::string_view file);

}  // namespace certmgr::crypto
