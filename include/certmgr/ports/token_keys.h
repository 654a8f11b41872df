// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "certmgr/domain/identifier.h"
#include "certmgr/domain/token_key.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// Private keys in PKCS#11 tokens: smart cards, hardware security modules, SoftHSM. They sign where they are.
class TokenKeys {
 public:
  virtual ~TokenKeys() = default;
  /// PKCS#10 (RFC 2986) in DER, signed with that key: empty subject, the identifiers as SANs. Trouble:
  /// "no_token_access" when the configuration says nothing about tokens, "secret_file" for the file of the
  /// PIN, "token_module", "token_missing", "token_ambiguous", "pin_missing", "pin_refused",
  /// "token_key_missing", "token_key_ambiguous", "token_key_unusable", "token_failed".
  virtual Result<std::vector<std::uint8_t>> certificate_request(
      const TokenKey& key, const std::vector<Identifier>& identifiers) = 0;
};

}  // namespace certmgr
