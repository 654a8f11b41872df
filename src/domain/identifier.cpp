// SPDX-License-Identifier: MIT
#include "certmgr/domain/identifier.h"

#include <algorithm>

#include "certmgr/domain/ip_address.h"

namespace certmgr {
namespace {

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

tl::unexpected<Trouble> refuse(std::string_view name, std::string why, std::string hint) {
  return fail({.kind = TroubleKind::usage,
               .code = "bad_name",
               .what = "cannot use the name '" + std::string(name) + "'",
               .why = std::move(why),
               .hint = std::move(hint)});
}

/// Empty if the label is fine, else why not.
std::string label_problem(std::string_view label) {
  if (label.empty()) return "it has an empty label (two dots in a row, or a dot at its start)";
  if (label.size() > 63) return "a label is longer than 63 characters";
  if (label.front() == '-' || label.back() == '-') return "a label starts or ends with a hyphen";
  for (const char c : label) {
    if (!is_letter(c) && !is_digit(c) && c != '-') {
      const auto code = static_cast<unsigned char>(c);
      const bool printable = code > 0x20 && code < 0x7f;
      return printable ? std::string("the character '") + c + "' is not allowed in a host name"
                       : "it contains a blank, control or non-ASCII character";
    }
  }
  return {};
}

}  // namespace

std::string_view to_string(IdentifierType type) { return type == IdentifierType::ip ? "ip" : "dns"; }

Identifier known_identifier(std::string value) {
  const auto type = ip_octets(value) ? IdentifierType::ip : IdentifierType::dns;
  return {type, std::move(value)};
}

Result<Identifier> parse_identifier(std::string_view ascii_name) {
  if (const auto octets = ip_octets(ascii_name)) return Identifier{IdentifierType::ip, *ip_text(*octets)};
  std::string name(ascii_name);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const std::string hint = "give a public host name such as pbx.example.com";
  if (name.empty()) return refuse(ascii_name, "it is empty", hint);
  if (name.size() > 253) return refuse(ascii_name, "it is longer than 253 characters", hint);
  if (name.find(':') != std::string::npos)
    return refuse(ascii_name, "it is no IPv6 address, and a port or a URL is no host name",
                  "give the name or the address alone");

  std::string_view rest = name;
  if (rest.starts_with("*.")) rest.remove_prefix(2);
  std::size_t labels = 0;
  std::string_view last;
  while (true) {
    const auto dot = rest.find('.');
    last = rest.substr(0, dot);
    if (auto problem = label_problem(last); !problem.empty()) return refuse(ascii_name, problem, hint);
    ++labels;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (labels < 2) return refuse(ascii_name, "it has a single label, no CA certifies that", hint);
  if (std::all_of(last.begin(), last.end(), is_digit))
    return refuse(ascii_name, "its last label is a number, but it is no IPv4 address",
                  "give a host name, or an address such as 192.0.2.7");
  return Identifier{IdentifierType::dns, std::move(name)};
}

std::string default_label(const Identifier& first) {
  if (first.wildcard()) return "wildcard." + first.value.substr(2);
  if (first.value.find(':') == std::string::npos) return first.value;
  std::string label = "ipv6." + first.value;
  std::replace(label.begin(), label.end(), ':', '-');
  return label;
}

bool is_below(const Identifier& identifier, std::string_view domain) {
  if (identifier.type != IdentifierType::dns || identifier.wildcard() || domain.empty()) return false;
  const std::string_view name = identifier.value;
  return name.size() > domain.size() && name.ends_with(domain) &&
         name[name.size() - domain.size() - 1] == '.';
}

std::vector<Identifier> canonical(std::vector<Identifier> identifiers) {
  std::sort(identifiers.begin(), identifiers.end());
  identifiers.erase(std::unique(identifiers.begin(), identifiers.end()), identifiers.end());
  return identifiers;
}

std::string join(const std::vector<Identifier>& identifiers, std::string_view separator) {
  std::string text;
  for (const auto& identifier : identifiers) {
    if (!text.empty()) text += separator;
    text += identifier.value;
  }
  return text;
}

Result<std::string> parse_label(std::string_view text, std::string_view noun) {
  const auto refuse_label = [&](std::string why) {
    return fail({.kind = TroubleKind::usage,
                 .code = "bad_label",
                 .what = "cannot use '" + std::string(text) + "' as a " + std::string(noun),
                 .why = std::move(why),
                 .hint = "use letters, digits, '.', '_' and '-', at most 128 of them"});
  };
  if (text.empty()) return refuse_label("it is empty");
  if (text.size() > 128) return refuse_label("it is longer than 128 characters");
  for (const char c : text) {
    const bool letter = is_letter(c) || (c >= 'A' && c <= 'Z');
    if (!letter && !is_digit(c) && c != '.' && c != '_' && c != '-')
      return refuse_label("it contains a character that is not allowed");
  }
  if (const char c = text.front(); c == '.' || c == '_' || c == '-')
    return refuse_label("it starts with a punctuation character");
  if (text.find("..") != std::string_view::npos) return refuse_label("it contains '..'");
  return std::string(text);
}

}  // namespace certmgr
