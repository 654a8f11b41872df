// SPDX-License-Identifier: MIT
#include "certmgr/domain/certificate.h"

#include <algorithm>
#include <array>
#include <utility>

namespace certmgr {
namespace {

constexpr std::array<std::pair<KeyType, std::string_view>, 5> kKeyTypes{{
    {KeyType::ecdsa_p256, "ecdsa-p256"},
    {KeyType::ecdsa_p384, "ecdsa-p384"},
    {KeyType::rsa_2048, "rsa-2048"},
    {KeyType::rsa_3072, "rsa-3072"},
    {KeyType::rsa_4096, "rsa-4096"},
}};

}  // namespace

std::string_view to_string(KeyType type) {
  for (const auto& [value, name] : kKeyTypes)
    if (value == type) return name;
  return "unknown";
}

std::optional<KeyType> parse_key_type(std::string_view text) {
  for (const auto& [value, name] : kKeyTypes)
    if (name == text) return value;
  return std::nullopt;
}

KeyFamily family_of(KeyType type) {
  return type == KeyType::ecdsa_p256 || type == KeyType::ecdsa_p384 ? KeyFamily::ecdsa : KeyFamily::rsa;
}

std::string_view to_string(KeyFamily family) { return family == KeyFamily::rsa ? "rsa" : "ecdsa"; }

std::optional<KeyFamily> parse_key_family(std::string_view text) {
  for (const auto family : {KeyFamily::ecdsa, KeyFamily::rsa})
    if (to_string(family) == text) return family;
  return std::nullopt;
}

const ChallengeSettings* way_of(const CertificateSpec& spec, ChallengeType type) {
  if (spec.challenge.type == type) return &spec.challenge;
  for (const auto& other : spec.other_challenges)
    if (other.type == type) return &other;
  return nullptr;
}

SplitChain split_chain(const std::string& chain_pem) {
  constexpr std::string_view end = "-----END CERTIFICATE-----\n";
  const auto position = chain_pem.find(end);
  if (position == std::string::npos) return {chain_pem, {}};
  const auto cut = position + end.size();
  return {chain_pem.substr(0, cut), chain_pem.substr(cut)};
}

std::optional<Identifier> unprovable(const CertificateSpec& spec) {
  for (const auto& identifier : spec.identifiers) {
    const auto fits = [&](const ChallengeSettings& way) { return can_prove(way.type, identifier); };
    const auto& others = spec.other_challenges;
    if (!fits(spec.challenge) && std::none_of(others.begin(), others.end(), fits)) return identifier;
  }
  return std::nullopt;
}

std::optional<Instant> fixed_end(const CertificateSpec& spec) {
  if (!spec.not_after) return std::nullopt;
  const auto* moment = std::get_if<Instant>(&*spec.not_after);
  return moment != nullptr ? std::optional<Instant>(*moment) : std::nullopt;
}

bool proven_differently(const CertificateSpec& had, const CertificateSpec& wanted) {
  return had.challenge != wanted.challenge || had.other_challenges != wanted.other_challenges ||
         had.ancestor_domain != wanted.ancestor_domain;
}

}  // namespace certmgr
