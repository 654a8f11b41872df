// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "lab/strict_ca/public_key.h"
#include "lab/strict_ca/strict_json.h"

namespace certmgr::lab::strict {

/// A flattened JWS (RFC 7515 section 7.2.2) with what RFC 8555 section 6.2 demands of its form. Whose key
/// it is, whether the URL and the nonce are right and whether the signature holds is asked by the reader.
class Jws {
 public:
  /// Refusal with malformed.
  static Jws parse(const json& object);

  [[nodiscard]] const std::string& algorithm() const { return algorithm_; }
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] const std::optional<std::string>& nonce() const { return nonce_; }
  /// Exactly one of the two is there.
  [[nodiscard]] const std::optional<std::string>& kid() const { return kid_; }
  [[nodiscard]] const std::optional<json>& jwk() const { return jwk_; }
  [[nodiscard]] const std::string& payload() const { return payload_; }

  /// Refusal with badSignatureAlgorithm, or malformed when the signature does not hold.
  void demand_signature_of(const PublicKey& key) const;
  /// HS256, for external accounts.
  [[nodiscard]] bool has_mac_of(const std::string& mac_key) const;

 private:
  std::string algorithm_;
  std::string url_;
  std::optional<std::string> nonce_;
  std::optional<std::string> kid_;
  std::optional<json> jwk_;
  std::string payload_;
  std::string signed_octets_;
  std::string signature_;
};

}  // namespace certmgr::lab::strict
