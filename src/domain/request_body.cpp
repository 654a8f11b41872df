// SPDX-License-Identifier: MIT
#include "certmgr/domain/request_body.h"

#include <algorithm>
#include <optional>
#include <span>

namespace certmgr {
namespace {

using Octets = std::span<const std::uint8_t>;

constexpr std::uint8_t kSequence = 0x30;

struct Element {
  Octets content;
  std::size_t size = 0;  // with its header
};

/// The SEQUENCE at the beginning (X.690 section 8.1.3: short and long form of its length).
std::optional<Element> sequence_at(Octets der) {
  if (der.size() < 2 || der[0] != kSequence) return std::nullopt;
  std::size_t header = 2;
  std::size_t length = der[1];
  if (length >= 0x80) {
    const std::size_t octets = length - 0x80;
    if (octets == 0 || octets > 4 || der.size() < header + octets) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < octets; ++i) length = length << 8U | der[header + i];
    header += octets;
  }
  if (length > der.size() - header) return std::nullopt;
  return Element{der.subspan(header, length), header + length};
}

Octets body_of(const std::vector<std::uint8_t>& der) {
  const auto request = sequence_at(der);
  if (!request) return {};
  const auto body = sequence_at(request->content);
  return body ? request->content.first(body->size) : Octets{};
}

}  // namespace

bool ask_for_the_same(const std::vector<std::uint8_t>& one, const std::vector<std::uint8_t>& other) {
  const Octets first = body_of(one);
  const Octets second = body_of(other);
  return !first.empty() && std::equal(first.begin(), first.end(), second.begin(), second.end());
}

}  // namespace certmgr
