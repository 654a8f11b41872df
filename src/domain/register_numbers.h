// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace certmgr {

/// The parts of an organizationIdentifier (EV Guidelines 7.1.4.2.8, ETSI EN 319 412-1 5.1.4).
struct RegisterReference {
  std::string scheme;     // NTR, VAT, PSD
  std::string country;    // ISO 3166-1; Greece is EL with VAT
  std::string state;      // only with NTR, may be empty
  std::string authority;  // only with PSD: the national competent authority
  std::string reference;
};
/// nullopt if the form is wrong; whether the number exists only the register knows.
std::optional<RegisterReference> parse_organization_identifier(std::string_view text);

/// ISO 17442: 18 capitals or digits and two check digits that are right.
bool is_lei(std::string_view text);

/// Nine digits, also written 12-345-6789.
bool is_duns(std::string_view text);

/// "+", then 7 to 15 digits (E.164), with spaces, hyphens, dots or parentheses between them.
bool is_phone_number(std::string_view text);

}  // namespace certmgr
