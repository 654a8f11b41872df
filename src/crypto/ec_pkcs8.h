// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "crypto/encoding.h"
#include "crypto/openssl_handles.h"

namespace certmgr::crypto {

/// The private key as PKCS#8 in DER (RFC 5958) with an ECPrivateKey (RFC 5915), octet for octet what OpenSSL
/// writes; nothing where it is not on P-256 or P-384 or cannot be read. The caller wipes it.
/// OpenSSL 3.0 finds out anew for each key who can encode it, which takes longer than making the key.
std::optional<Bytes> ec_pkcs8(EVP_PKEY& key);

}  // namespace certmgr::crypto
