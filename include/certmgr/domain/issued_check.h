// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/certificate.h"
#include "certmgr/domain/identifier.h"
#include "certmgr/domain/instant.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

struct FoundAttribute {
  std::string oid;    // dotted
  std::string value;  // UTF-8 in normal form C, whatever the encoding was
};

/// What a certificate chain says, read by an adapter; no judgement.
struct ChainFacts {
  std::string chain_pem;                // re-encoded by us: certificates only, leaf first
  std::string spki_sha256;              // of the leaf's public key, hex
  std::vector<Identifier> identifiers;  // the leaf's names and addresses, canonical()
  std::vector<std::string> other_sans;  // SANs of other kinds, printed
  std::string serial;
  std::string fingerprint;
  std::string issuer;
  Instant not_before;
  Instant not_after;
  std::optional<std::string> broken_link;  // the first place where the chain does not link
  std::vector<std::string> policies{};     // certificatePolicies of the leaf, dotted
  std::vector<FoundAttribute> subject{};   // of the leaf, in its order
  bool server_auth = true;                 // extendedKeyUsage of the leaf has it, or is absent
};

struct Expectation {
  std::string spki_sha256;
  std::vector<Identifier> identifiers;  // canonical()
  std::optional<ValidityBound> not_before{};
  std::optional<ValidityBound> not_after{};  // the last moment that was asked for; nothing: as the CA likes
};

/// What was ordered with this key.
Expectation expectation_of(const CertificateSpec& spec, std::string spki_sha256);

/// In what way the certificate lives longer than was asked for; empty: it does not. A bound that counts from
/// the order is held against the length of the life, as nobody knows when the CA has looked at it. Two hours
/// more are none, and of a life of days 26: CAs backdate certificates, or count whole days. Pure.
std::string outlives(const ChainFacts& found, const Expectation& expected);

/// Compares what came back with what was ordered. nullopt: it may be used. Otherwise the trouble
/// ("key_mismatch", "san_mismatch", "chain_broken", "not_valid_now") naming what was expected and what
/// was found. `now` may be behind the CA's clock by at most five minutes.
std::optional<Trouble> judge_issued(const ChainFacts& found, const Expectation& expected, Instant now);

}  // namespace certmgr
