// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/trouble.h"
#include "crypto/openssl_handles.h"

namespace certmgr::acme {

/// An account key as RFC 7515/7517/7518 see it. Immutable; `sign` is thread-safe.
class JwsKey {
 public:
  static Result<JwsKey> from(crypto::PkeyPtr key);

  /// Flattened JWS (RFC 8555 section 6.2). `protected_json_tail` is the JSON text of the members after "alg",
  /// for example "\"nonce\":\"...\",\"url\":\"...\"". An empty payload makes a POST-as-GET.
  [[nodiscard]] Result<std::string> sign(const std::string& protected_json_tail,
                                         const std::string& payload) const;
  /// Public key, members in the order RFC 7638 wants.
  [[nodiscard]] const std::string& jwk() const { return jwk_; }
  /// RFC 7638, base64url of SHA-256.
  [[nodiscard]] const std::string& thumbprint() const { return thumbprint_; }
  [[nodiscard]] const std::string& algorithm() const { return algorithm_; }

 private:
  JwsKey() = default;
  crypto::PkeyPtr key_;
  std::string algorithm_;  // ES256, ES384, RS256
  std::string jwk_;
  std::string thumbprint_;
  std::size_t coordinate_bytes_ = 0;  // 0 for RSA
};

/// The binding object of RFC 8555 section 7.3.4: HS256 over the account's JWK.
Result<std::string> external_account_binding(const std::string& kid, const std::string& hmac_key_base64url,
                                             const std::string& new_account_url, const std::string& jwk);

}  // namespace certmgr::acme
