// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "adapters/token/opened_key.h"
#include "adapters/token/own_process.h"
#include "certmgr/ports/token_keys.h"

namespace certmgr::token {

/// How OpenSSL reaches tokens: through a provider, or through an engine and a PKCS#11 module, or not.
struct TokenAccess {
  std::string provider;         // its name
  std::string provider_folder;  // empty: OpenSSL's own
  std::string engine;           // its name
  std::string module;           // path of the PKCS#11 module; empty: the provider knows of one
};

class OpenSslTokenKeys final : public TokenKeys {
 public:
  explicit OpenSslTokenKeys(TokenAccess access) : access_(std::move(access)) {}

  Result<std::vector<std::uint8_t>> certificate_request(const TokenKey& key,
                                                        const std::vector<Identifier>& identifiers) override;

 private:
  [[nodiscard]] Result<OpenedKey> open(const TokenKey& key) const;
  [[nodiscard]] Result<Octets> sign(const TokenKey& key, const std::vector<Identifier>& identifiers) const;

  TokenAccess access_;
};

}  // namespace certmgr::token
