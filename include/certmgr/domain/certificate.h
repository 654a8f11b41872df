// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "certmgr/domain/challenge.h"
#include "certmgr/domain/identifier.h"
#include "certmgr/domain/instant.h"
#include "certmgr/domain/key_type.h"

namespace certmgr {

/// A profile of the CA (draft-ietf-acme-profiles) that is asked for by its name.
struct ProfileChoice {
  std::string name;      // empty: none is named, the CA takes its own
  bool required = true;  // false: without it where the CA does not offer it
  bool operator==(const ProfileChoice&) const = default;
};

/// An end of the validity that is asked for: a moment, or so long after the order is placed.
using ValidityBound = std::variant<Instant, Duration>;

/// What a user wants kept alive. `identifiers` is canonical().
struct CertificateSpec {
  std::string label;
  std::vector<Identifier> identifiers;
  std::string ca;  // name of a configured CA
  std::string level = "dv";
  std::string organization{};  // the one that is vouched for, by its name; empty at level dv
  KeyType key_type = KeyType::ecdsa_p256;
  ChallengeSettings challenge;                        // the way that is tried first
  std::vector<ChallengeSettings> other_challenges{};  // then these, in their order; no type twice
  bool reuse_key = false;                             // a renewal keeps the key, if it is of key_type
  std::vector<std::uint8_t>
      csr{};  // PKCS#10 in DER (RFC 2986), made with a key that is not ours; empty: ours
  ProfileChoice profile{};
  /// Common name, or SHA-256 in hex, of the CA certificate at whose chain's top we want to be (RFC 8555
  /// section 7.4.2). Empty: the chain the CA gives first.
  std::string preferred_chain{};
  std::optional<ValidityBound> not_before{};  // RFC 8555 section 7.4; nothing: as the CA likes
  std::optional<ValidityBound> not_after{};
  /// Who is asked after `ca`, in this order; nothing: as the configuration says, empty: nobody.
  std::optional<std::vector<std::string>> fallback_cas{};
  /// Control of this name may be proven instead of that of the names below it, where the CA offers that
  /// (RFC 9444). Empty: each name is proven itself.
  std::string ancestor_domain{};
  bool operator==(const CertificateSpec&) const = default;
};

/// It vouches for an organization: people are asked before a CA is.
inline bool is_enrolled(const CertificateSpec& spec) { return spec.level != "dv"; }

/// How the certificate proves control by a challenge of this type; nullptr if it is not to.
const ChallengeSettings* way_of(const CertificateSpec& spec, ChallengeType type);

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

/// The first identifier that none of the certificate's ways can prove control of.
std::optional<Identifier> unprovable(const CertificateSpec& spec);

/// The moment the owner wants the certificate to end at, if it is a fixed one.
std::optional<Instant> fixed_end(const CertificateSpec& spec);

/// Whether control is to be proven in other ways than before.
bool proven_differently(const CertificateSpec& had, const CertificateSpec& wanted);

}  // namespace certmgr
