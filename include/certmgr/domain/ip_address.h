// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certmgr {

/// The octets of an IPv4 (4) or IPv6 (16) address in text form; nullopt if it is none. No zone, no prefix
/// length.
std::optional<std::vector<std::uint8_t>> ip_octets(std::string_view text);

/// The one text form of an address: dotted IPv4 (RFC 1123 section 2.1), IPv6 as RFC 5952 writes it.
std::optional<std::string> ip_text(const std::vector<std::uint8_t>& octets);

/// The name under which an address stands in the DNS' reverse tree ("1.2.0.192.in-addr.arpa",
/// "...ip6.arpa"), without a final dot. RFC 8738 section 6 asks for it as the server name of tls-alpn-01.
std::optional<std::string> reverse_name(std::string_view address);

}  // namespace certmgr
