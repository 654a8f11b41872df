// SPDX-License-Identifier: MIT
#pragma once

#include <openssl/types.h>

namespace certmgr::crypto {

/// A library context of OpenSSL in which nobody can decode a public key. OpenSSL 3.0 decodes that of each
/// certificate it reads, and finds out anew who can, which takes ten times as long as reading the rest. For
/// certificates whose key is not asked for. nullptr, the default context, if there is none.
OSSL_LIB_CTX* keyless_context();

}  // namespace certmgr::crypto
