// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "certmgr/domain/csr_subject.h"
#include "certmgr/domain/identifier.h"
#include "certmgr/domain/key_type.h"
#include "certmgr/domain/trouble.h"
#include "crypto/encoding.h"
#include "crypto/openssl_handles.h"

namespace certmgr::crypto {

Result<PkeyPtr> generate_key(KeyType type);
/// PKCS#8 PEM, unencrypted. The returned string is the only copy; callers wipe it with
/// OPENSSL_cleanse when they keep it longer than a call.
Result<std::string> to_pem(EVP_PKEY& key);
Result<PkeyPtr> key_from_pem(std::string_view pem);
/// PKCS#10 in DER with this subject, one attribute in each RDN, and the identifiers as subjectAltName.
Result<Bytes> certificate_request(EVP_PKEY& key, const std::vector<Identifier>& identifiers,
                                  const std::vector<CsrAttribute>& subject = {});

}  // namespace certmgr::crypto
