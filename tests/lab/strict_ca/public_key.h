// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "lab/openssl_handles.h"

namespace certmgr::lab::strict {

/// The key of an account, or of a certificate, as a JWK (RFC 7517) brought it.
class PublicKey {
 public:
  PublicKey() = default;
  /// Refusal with badPublicKey for what is weak, odd or off its curve; with malformed for a private key.
  static PublicKey from_jwk(const nlohmann::json& jwk);
  /// JWS algorithms this CA takes.
  static const std::vector<std::string>& algorithms();

  /// The one algorithm that goes with this kind of key.
  [[nodiscard]] const std::string& algorithm() const { return algorithm_; }
  /// RFC 7638, base64url.
  [[nodiscard]] const std::string& thumbprint() const { return thumbprint_; }
  [[nodiscard]] EVP_PKEY* handle() const { return key_.get(); }
  /// The signature of a JWS (RFC 7518 section 3: r and s of fixed length for ECDSA).
  [[nodiscard]] bool verifies(std::string_view signed_octets, std::string_view signature) const;

 private:
  std::shared_ptr<EVP_PKEY> key_;
  std::string algorithm_;
  std::string thumbprint_;
};

}  // namespace certmgr::lab::strict
