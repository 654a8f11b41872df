// SPDX-License-Identifier: MIT
#pragma once

#include "crypto/encoding.h"

namespace certmgr::crypto {

/// HMAC-SHA256, 32 octets. Throws Failure if the library cannot.
Bytes hmac_sha256(ByteView key, ByteView data);
/// Compares in a time that tells nothing of where they differ.
bool same_secret(ByteView one, ByteView other);

}  // namespace certmgr::crypto
