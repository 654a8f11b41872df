// SPDX-License-Identifier: MIT
#include "lab/strict_ca/jws.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "lab/strict_ca/encoding.h"
#include "lab/strict_ca/problem.h"

namespace certmgr::lab::strict {
namespace {

std::string decoded(const json& object, const char* name) {
  const auto octets = from_base64url(text_member(object, name, "the JWS"));
  if (!octets) throw Refusal{problems::malformed(std::string("the JWS's ") + name + " is not base64url")};
  return *octets;
}

std::optional<std::string> optional_text(const json& header, const char* name) {
  if (!header.contains(name)) return std::nullopt;
  return text_member(header, name, "the protected header");
}

}  // namespace

Jws Jws::parse(const json& object) {
  for (const char* other : {"header", "signatures"})
    if (object.contains(other))
      throw Refusal{problems::malformed(std::string("a JWS of ACME has no \"") + other + "\"")};
  Jws jws;
  const json header = parse_object(decoded(object, "protected"), "the protected header");
  for (const char* other : {"crit", "b64"})
    if (header.contains(other))
      throw Refusal{problems::malformed(std::string("the protected header must not have ") + other)};
  jws.algorithm_ = text_member(header, "alg", "the protected header");
  jws.url_ = text_member(header, "url", "the protected header");
  jws.nonce_ = optional_text(header, "nonce");
  jws.kid_ = optional_text(header, "kid");
  if (header.contains("jwk")) jws.jwk_ = header["jwk"];
  if (jws.kid_.has_value() == jws.jwk_.has_value())
    throw Refusal{problems::malformed("the protected header must have either jwk or kid")};
  jws.payload_ = decoded(object, "payload");
  jws.signature_ = decoded(object, "signature");
  jws.signed_octets_ = object["protected"].get<std::string>() + "." + object["payload"].get<std::string>();
  return jws;
}

void Jws::demand_signature_of(const PublicKey& key) const {
  const auto& known = PublicKey::algorithms();
  if (std::find(known.begin(), known.end(), algorithm_) == known.end()) {
    Problem problem{.type = "badSignatureAlgorithm",
                    .detail = "the algorithm " + algorithm_ + " is not taken"};
    problem.more["algorithms"] = known;
    // "none" and MACs are never right (RFC 8555 section 6.2), others may be tried.
    problem.forbidden = algorithm_ == "none" || algorithm_.starts_with("HS");
    throw Refusal{problem};
  }
  if (algorithm_ != key.algorithm())
    throw Refusal{problems::malformed("the algorithm " + algorithm_ + " does not go with the key")};
  if (!key.verifies(signed_octets_, signature_))
    throw Refusal{problems::malformed("the signature does not hold")};
}

bool Jws::has_mac_of(const std::string& mac_key) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), mac_key.data(), static_cast<int>(mac_key.size()),
       reinterpret_cast<const unsigned char*>(signed_octets_.data()), signed_octets_.size(), mac.data(),
       &size);
  return algorithm_ == "HS256" && signature_.size() == size &&
         CRYPTO_memcmp(mac.data(), signature_.data(), size) == 0;
}

}  // namespace certmgr::lab::strict
