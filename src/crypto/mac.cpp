// SPDX-License-Identifier: MIT
#include "crypto/mac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "certmgr/domain/trouble.h"
#include "crypto/openssl_handles.h"

namespace certmgr::crypto {

Bytes hmac_sha256(ByteView key, ByteView data) {
  Bytes mac(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data.data(), data.size(), mac.data(),
           &size) == nullptr) {
    throw Failure({.kind = TroubleKind::permanent,
                   .code = "crypto_failed",
                   .what = "cannot compute an HMAC-SHA256",
                   .why = openssl_reason(),
                   .hint = "see that OpenSSL's default provider is available"});
  }
  mac.resize(size);
  return mac;
}

bool same_secret(ByteView one, ByteView other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace certmgr::crypto
