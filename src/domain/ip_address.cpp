// SPDX-License-Identifier: MIT
#include "certmgr/domain/ip_address.h"

#include <arpa/inet.h>

#include <array>

namespace certmgr {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

std::string reverse_v4(const std::vector<std::uint8_t>& octets) {
  std::string name;
  for (auto octet = octets.rbegin(); octet != octets.rend(); ++octet) name += std::to_string(*octet) + ".";
  return name + "in-addr.arpa";
}

std::string reverse_v6(const std::vector<std::uint8_t>& octets) {
  std::string name;
  for (auto octet = octets.rbegin(); octet != octets.rend(); ++octet) {
    for (const unsigned nibble : {*octet & 0x0FU, unsigned{*octet} >> 4U}) {
      name.push_back(kHexDigits.at(nibble));
      name.push_back('.');
    }
  }
  return name + "ip6.arpa";
}

}  // namespace

std::optional<std::vector<std::uint8_t>> ip_octets(std::string_view text) {
  constexpr std::size_t longest = 45;
  if (text.empty() || text.size() > longest || text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string terminated(text);
  std::vector<std::uint8_t> octets(16);
  if (inet_pton(AF_INET6, terminated.c_str(), octets.data()) == 1) return octets;
  octets.resize(4);
  if (inet_pton(AF_INET, terminated.c_str(), octets.data()) == 1) return octets;
  return std::nullopt;
}

std::optional<std::string> ip_text(const std::vector<std::uint8_t>& octets) {
  if (octets.size() != 4 && octets.size() != 16) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (inet_ntop(octets.size() == 4 ? AF_INET : AF_INET6, octets.data(), text.data(), text.size()) == nullptr)
    return std::nullopt;
  return std::string(text.data());
}

std::optional<std::string> reverse_name(std::string_view address) {
  const auto octets = ip_octets(address);
  if (!octets) return std::nullopt;
  return octets->size() == 4 ? reverse_v4(*octets) : reverse_v6(*octets);
}

}  // namespace certmgr
