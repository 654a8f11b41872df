// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/trouble.h"

namespace certmgr {

/// A name as we keep it: lower case, no trailing dot, labels of [a-z0-9_-] of 1 to 63 characters, at most
/// 253 in all (RFC 1035 section 2.3.4). Narrower than the DNS allows: these names end up in arguments of
/// other people's programs. Trouble "bad_dns_name".
Result<std::string> parse_dns_name(std::string_view text);

/// "b.example" for "a.b.example"; empty for a single label.
std::string_view parent_name(std::string_view name);
/// `name` is `zone` or below it.
bool is_within(std::string_view name, std::string_view zone);

/// A numeric address and a port.
struct DnsServer {
  std::string address;  // no brackets
  std::uint16_t port = 53;

  /// "192.0.2.1:53", "[2001:db8::1]:53"
  [[nodiscard]] std::string text() const;
  bool operator==(const DnsServer&) const = default;
};

/// Host and port as they stand in a configuration: "192.0.2.1", "192.0.2.1:5353", "[2001:db8::1]:53",
/// "2001:db8::1", "ns1.example.com:53".
struct HostPort {
  std::string host;
  std::uint16_t port = 53;
};
Result<HostPort> parse_host_port(std::string_view text);

/// What a TXT record says: its character strings put together without anything between (RFC 8555 section
/// 8.4 and RFC 1035 section 3.3.14: a string holds at most 255 octets, a value may be longer).
std::string join_strings(const std::vector<std::string>& strings);

/// Where a name leads. `names` begins with the name itself; more than one: aliases (CNAME).
struct CnameChain {
  std::vector<std::string> names;
  [[nodiscard]] const std::string& target() const { return names.back(); }
};

struct HostAddresses {
  std::vector<std::string> v4;
  std::vector<std::string> v6;
};

/// What a validating resolver makes of a name.
enum class DnssecState {
  secure,    // signed, and the signatures hold
  insecure,  // not signed, or the resolver does not validate: the two look the same from outside
  bogus,     // signed, and the signatures do not hold: CAs refuse to issue
};
std::string_view to_string(DnssecState state);

}  // namespace certmgr
