// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/trouble.h"

namespace certmgr {

/// RFC 8555 section 9.7.7 and RFC 8738.
enum class IdentifierType { dns, ip };
/// "dns", "ip": the protocol's words.
std::string_view to_string(IdentifierType type);

/// What stands in an order and in a certificate: a name (A-labels, lower case, no trailing dot; a wildcard
/// keeps its "*." prefix), or an address in its one text form (ip_text()).
struct Identifier {
  IdentifierType type = IdentifierType::dns;
  std::string value;

  [[nodiscard]] bool wildcard() const { return value.starts_with("*."); }
  auto operator<=>(const Identifier&) const = default;
};

/// What a certificate is called whose first name this is, if nobody says otherwise.
std::string default_label(const Identifier& first);

/// Checks an address, or a name that is ASCII already (RFC 1123 letters, digits, hyphens; at least two
/// labels; at most 253 octets; "*" only as the whole first label). Refuses anything that could be read as a
/// path or an option.
Result<Identifier> parse_identifier(std::string_view ascii_name);

/// An identifier whose value was checked before: only its type is found out.
Identifier known_identifier(std::string value);

/// Whether it is a name below `domain`. No wildcard is, and nothing is below an empty one.
bool is_below(const Identifier& identifier, std::string_view domain);

/// Sorted, without duplicates: two requests for the same set of names compare equal.
std::vector<Identifier> canonical(std::vector<Identifier> identifiers);

/// "a.example, b.example"
std::string join(const std::vector<Identifier>& identifiers, std::string_view separator = ", ");

/// A label or server name: 1 to 128 of [A-Za-z0-9._-], first character a letter or digit, no "..".
/// `noun` is what to call it in the message.
Result<std::string> parse_label(std::string_view text, std::string_view noun);

}  // namespace certmgr
