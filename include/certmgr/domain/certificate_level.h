// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/organization.h"

namespace certmgr {

/// Whom a certificate of a public CA vouches for, from nobody upwards: the order counts. Individual
/// validation is never ordered, but may come back.
enum class CertificateLevel { dv, iv, ov, ev };
/// "dv", "iv", "ov", "ev"
std::string_view to_string(CertificateLevel level);
std::optional<CertificateLevel> parse_certificate_level(std::string_view text);
CertificateLevel certificate_level(OrganizationLevel level);

/// The policy that CAs must name in certificates of this level (Baseline Requirements 7.1.6.1), dotted.
std::string_view reserved_policy(CertificateLevel level);

/// The levels whose reserved policies are among these, lowest first. A sound certificate has one; what a CA
/// names besides, of its own, says nothing.
std::vector<CertificateLevel> levels_named(const std::vector<std::string>& policies);

}  // namespace certmgr
