// SPDX-License-Identifier: MIT
#include "domain/register_numbers.h"

#include <algorithm>

#include "domain/country_code.h"

namespace certmgr {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool capital(char c) { return c >= 'A' && c <= 'Z'; }

/// Nothing that a register would not have in a number.
bool is_reference(std::string_view text) {
  return !text.empty() && !text.starts_with(' ') && !text.ends_with(' ') &&
         std::any_of(text.begin(), text.end(), [](char c) {
           return digit(c) || capital(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
         });
}

bool country_fits(const RegisterReference& found) {
  // VAT numbers carry the prefix of the tax union: Greece is EL, Northern Ireland XI.
  if (found.scheme == "VAT" && (found.country == "EL" || found.country == "XI")) return true;
  return is_country_code(found.country);
}

}  // namespace

std::optional<RegisterReference> parse_organization_identifier(std::string_view text) {
  constexpr std::size_t prefix = 5;  // scheme and country
  if (text.size() <= prefix) return std::nullopt;
  RegisterReference found;
  found.scheme = text.substr(0, 3);
  found.country = text.substr(3, 2);
  if (found.scheme != "NTR" && found.scheme != "VAT" && found.scheme != "PSD") return std::nullopt;
  if (!country_fits(found)) return std::nullopt;
  text.remove_prefix(prefix);
  if (text.starts_with('+')) {
    const auto hyphen = text.find('-');
    if (found.scheme != "NTR" || hyphen == std::string_view::npos) return std::nullopt;
    found.state = text.substr(1, hyphen - 1);
    const bool form =
        !found.state.empty() && found.state.size() <= 3 &&
        std::all_of(found.state.begin(), found.state.end(), [](char c) { return capital(c) || digit(c); });
    if (!form) return std::nullopt;
    text.remove_prefix(hyphen);
  }
  if (!text.starts_with('-')) return std::nullopt;
  text.remove_prefix(1);
  if (found.scheme == "PSD") {
    const auto hyphen = text.find('-');
    found.authority = text.substr(0, hyphen);
    const bool form = hyphen != std::string_view::npos && hyphen >= 2 && hyphen <= 8 &&
                      std::all_of(found.authority.begin(), found.authority.end(), capital);
    if (!form) return std::nullopt;
    text.remove_prefix(hyphen + 1);
  }
  if (!is_reference(text)) return std::nullopt;
  found.reference = text;
  return found;
}

bool is_lei(std::string_view text) {
  constexpr std::size_t length = 20;
  if (text.size() != length || !digit(text[18]) || !digit(text[19])) return false;
  int rest = 0;  // ISO 7064 MOD 97-10, a letter counting 10 to 35
  for (const char c : text) {
    if (digit(c))
      rest = (rest * 10 + (c - '0')) % 97;
    else if (capital(c))
      rest = (rest * 100 + (c - 'A' + 10)) % 97;
    else
      return false;
  }
  return rest == 1;
}

bool is_duns(std::string_view text) {
  if (text.size() == 11) {
    if (text[2] != '-' || text[6] != '-') return false;
    return is_duns(std::string(text.substr(0, 2)) + std::string(text.substr(3, 3)) +
                   std::string(text.substr(7)));
  }
  return text.size() == 9 && std::all_of(text.begin(), text.end(), digit);
}

bool is_phone_number(std::string_view text) {
  if (!text.starts_with('+')) return false;
  text.remove_prefix(1);
  constexpr std::string_view between = " -.()";
  const auto digits = std::count_if(text.begin(), text.end(), digit);
  return digits >= 7 && digits <= 15 && std::all_of(text.begin(), text.end(), [&](char c) {
           return digit(c) || between.find(c) != std::string_view::npos;
         });
}

}  // namespace certmgr
