// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "certmgr/domain/trouble.h"
#include "crypto/encoding.h"

namespace certmgr::crypto {

/// AES-256-GCM: 12 random octets of nonce, ciphertext, 16 octets of tag. `key` is 32 octets;
/// `context` is authenticated (AAD), so that a sealed blob opens only where it belongs.
Bytes seal(ByteView key, ByteView plain, std::string_view context);
/// Trouble "seal_broken" when the key is another, the context differs or a byte was changed.
Result<Bytes> open(ByteView key, ByteView sealed, std::string_view context);

}  // namespace certmgr::crypto
