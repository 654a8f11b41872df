// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/trouble.h"
#include "crypto/openssl_handles.h"

namespace certmgr::crypto {

/// Puts the public half of `key` into a certificate request. False: OpenSSL has the reason.
bool set_public_key(X509_REQ& request, EVP_PKEY& key);

/// Hex SHA-256 of the SubjectPublicKeyInfo's DER (RFC 5280 section 4.1.2.7).
Result<std::string> spki_sha256(EVP_PKEY& key);

}  // namespace certmgr::crypto
