// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/identifier.h"
#include "certmgr/domain/instant.h"
#include "certmgr/domain/key_type.h"

namespace certmgr {

/// RFC 8555 section 8. The types this program can prove; a CA may offer others, which are ignored.
enum class ChallengeType { http_01 };
std::string_view to_string(ChallengeType type);
std::optional<ChallengeType> parse_challenge_type(std::string_view text);

/// How control of the identifiers is proven. Exactly one of `webroot` and `listen` is set.
struct ChallengeSettings {
  ChallengeType type = ChallengeType::http_01;
  std::string webroot;  // folder a running web server publishes as "/"
  std::string listen;   // ADDR:PORT of our own listener, "[::]:80"
  bool operator==(const ChallengeSettings&) const = default;
};

/// What a user wants kept alive. `identifiers` is canonical().
struct CertificateSpec {
  std::string label;
  std::vector<Identifier> identifiers;
  std::string ca;  // name of a configured CA
  std::string level = "dv";
  KeyType key_type = KeyType::ecdsa_p256;
  ChallengeSettings challenge;
  bool operator==(const CertificateSpec&) const = default;
};

struct Certificate {
  std::int64_t id = 0;
  CertificateSpec spec;
  Instant created_at;
};

/// One issued (or quarantined) certificate with its chain.
struct Version {
  std::int64_t id = 0;
  std::int64_t certificate_id = 0;
  int number = 0;           // 1, 2, 3 ... per certificate
  std::string key_id;       // SealedKey::id
  std::string chain_pem;    // leaf first, re-encoded by us
  std::string serial;       // hex, lower case, no separators
  std::string fingerprint;  // SHA-256 of the leaf's DER, hex, lower case
  std::string issuer;       // issuer's common name, or its whole DN
  Instant not_before;
  Instant not_after;
  bool quarantined = false;  // kept as evidence, never deployed
  Instant created_at;
};

struct SplitChain {
  std::string leaf_pem;
  std::string chain_pem;  // may be empty
};
/// Cuts Version::chain_pem behind the leaf.
SplitChain split_chain(const std::string& chain_pem);

/// True when an order made for `had` does not serve somebody who wants `wanted`.
bool needs_new_order(const CertificateSpec& had, const CertificateSpec& wanted);

}  // namespace certmgr
