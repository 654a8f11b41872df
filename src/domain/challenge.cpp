// SPDX-License-Identifier: MIT
#include "certmgr/domain/challenge.h"

#include <array>
#include <utility>

namespace certmgr {
namespace {

constexpr std::array<std::pair<ChallengeType, std::string_view>, 5> kTypes{{
    {ChallengeType::http_01, "http-01"},
    {ChallengeType::tls_alpn_01, "tls-alpn-01"},
    {ChallengeType::dns_01, "dns-01"},
    {ChallengeType::dns_account_01, "dns-account-01"},
    {ChallengeType::dns_persist_01, "dns-persist-01"},
}};

bool is_over_dns(ChallengeType type) {
  return type != ChallengeType::http_01 && type != ChallengeType::tls_alpn_01;
}

}  // namespace

std::string_view to_string(ChallengeType type) {
  for (const auto& [value, name] : kTypes)
    if (value == type) return name;
  return "unknown";
}

std::optional<ChallengeType> parse_challenge_type(std::string_view text) {
  for (const auto& [value, name] : kTypes)
    if (name == text) return value;
  return std::nullopt;
}

std::string known_challenge_types() {
  std::string text;
  for (const auto& [value, name] : kTypes) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

bool writes_to_dns(ChallengeType type) {
  return type == ChallengeType::dns_01 || type == ChallengeType::dns_account_01;
}

bool can_prove(ChallengeType type, const Identifier& identifier) {
  if (identifier.type == IdentifierType::ip) return !is_over_dns(type);
  return !identifier.wildcard() || is_over_dns(type);
}

ChallengeSettings usual_way(ChallengeType type) {
  ChallengeSettings way;
  way.type = type;
  if (type == ChallengeType::http_01) way.listen = "[::]:80";
  if (type == ChallengeType::tls_alpn_01) way.listen = "[::]:443";
  return way;
}

}  // namespace certmgr
