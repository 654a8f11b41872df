// SPDX-License-Identifier: MIT
#include "certmgr/domain/certificate_level.h"

#include <algorithm>
#include <array>

namespace certmgr {
namespace {

struct Level {
  CertificateLevel level;
  std::string_view word;
  std::string_view policy;
};
constexpr std::array<Level, 4> kLevels{{
    {CertificateLevel::dv, "dv", "2.23.140.1.2.1"},
    {CertificateLevel::iv, "iv", "2.23.140.1.2.3"},
    {CertificateLevel::ov, "ov", "2.23.140.1.2.2"},
    {CertificateLevel::ev, "ev", "2.23.140.1.1"},
}};

const Level& entry(CertificateLevel level) { return kLevels.at(static_cast<std::size_t>(level)); }

}  // namespace

std::string_view to_string(CertificateLevel level) { return entry(level).word; }

std::optional<CertificateLevel> parse_certificate_level(std::string_view text) {
  for (const auto& known : kLevels)
    if (known.word == text) return known.level;
  return std::nullopt;
}

CertificateLevel certificate_level(OrganizationLevel level) {
  return level == OrganizationLevel::ov ? CertificateLevel::ov : CertificateLevel::ev;
}

std::string_view reserved_policy(CertificateLevel level) { return entry(level).policy; }

std::vector<CertificateLevel> levels_named(const std::vector<std::string>& policies) {
  std::vector<CertificateLevel> named;
  for (const auto& known : kLevels)
    if (std::find(policies.begin(), policies.end(), known.policy) != policies.end())
      named.push_back(known.level);
  return named;
}

}  // namespace certmgr
