// SPDX-License-Identifier: MIT
#include "lab/strict_ca/identifiers.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "lab/strict_ca/strict_json.h"

namespace certmgr::lab::strict {
namespace {

/// RFC 8738 section 3: the text form of RFC 1123 or RFC 5952.
bool canonical_address(const std::string& text) {
  const int family = text.find(':') != std::string::npos ? AF_INET6 : AF_INET;
  std::array<unsigned char, sizeof(in6_addr)> octets{};
  std::array<char, INET6_ADDRSTRLEN> again{};
  return inet_pton(family, text.c_str(), octets.data()) == 1 &&
         inet_ntop(family, octets.data(), again.data(), again.size()) != nullptr && text == again.data();
}

bool good_label(const std::string& label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

/// At least two labels.
bool good_name(const std::string& name) {
  if (name.size() > 253 || name.find('.') == std::string::npos) return false;
  for (std::size_t from = 0; from != std::string::npos;) {
    const auto dot = name.find('.', from);
    if (!good_label(name.substr(from, dot == std::string::npos ? dot : dot - from))) return false;
    from = dot == std::string::npos ? dot : dot + 1;
  }
  return true;
}

void demand_dns_name(const std::string& name, bool wildcards_allowed) {
  if (!good_name(name.starts_with("*.") ? name.substr(2) : name))
    throw Refusal{problems::malformed(name + " is not a DNS name in lower case and A-labels")};
  if (!wildcards_allowed && name.starts_with("*."))
    throw Refusal{problems::malformed("wildcards cannot be authorized in advance")};
  if (canonical_address(name)) throw Refusal{problems::malformed(name + " is an address, not a DNS name")};
}

}  // namespace

Identifier read_identifier(const json& entry, bool wildcards_allowed) {
  if (!entry.is_object()) throw Refusal{problems::malformed("an identifier is not an object")};
  const Identifier identifier{text_member(entry, "type", "an identifier"),
                              text_member(entry, "value", "an identifier")};
  if (identifier.type == "dns") {
    demand_dns_name(identifier.value, wildcards_allowed);
  } else if (identifier.type == "ip") {
    if (!canonical_address(identifier.value))
      throw Refusal{problems::malformed(identifier.value + " is not an address in its canonical form")};
  } else {
    throw Refusal{
        {.type = "unsupportedIdentifier", .detail = "the type " + identifier.type + " is not known"}};
  }
  return identifier;
}

std::vector<Identifier> read_identifiers(const json& payload) {
  if (!payload.contains("identifiers") || !payload["identifiers"].is_array() ||
      payload["identifiers"].empty())
    throw Refusal{problems::malformed("an order must have identifiers")};
  std::vector<Identifier> all;
  for (const auto& entry : payload["identifiers"]) {
    auto identifier = read_identifier(entry, true);
    if (std::find(all.begin(), all.end(), identifier) != all.end())
      throw Refusal{problems::malformed(identifier.value + " is there twice")};
    all.push_back(std::move(identifier));
  }
  return all;
}

bool is_below(const std::string& name, const std::string& ancestor) { return name.ends_with("." + ancestor); }

std::map<std::string, std::string> read_ancestors(const json& payload, bool allowed) {
  std::map<std::string, std::string> ancestors;
  for (const auto& entry : payload["identifiers"]) {
    if (!entry.contains("ancestorDomain")) continue;
    const auto identifier = read_identifier(entry, true);
    const auto ancestor = text_member(entry, "ancestorDomain", "an identifier");
    if (!allowed) throw Refusal{problems::malformed("subdomainAuthAllowed is not in the directory")};
    if (identifier.type != "dns") throw Refusal{problems::malformed("an address has no ancestor domain")};
    demand_dns_name(ancestor, false);
    if (!is_below(identifier.value, ancestor))
      throw Refusal{problems::malformed(ancestor + " is no ancestor of " + identifier.value)};
    ancestors[identifier.value] = ancestor;
  }
  return ancestors;
}

json to_json(const Identifier& identifier) {
  return {{"type", identifier.type}, {"value", identifier.value}};
}

}  // namespace certmgr::lab::strict
