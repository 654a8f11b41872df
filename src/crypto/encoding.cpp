// SPDX-License-Identifier: MIT
#include "crypto/encoding.h"

#include <openssl/rand.h>

#include <limits>

#include "certmgr/domain/trouble.h"
#include "crypto/openssl_handles.h"

namespace certmgr::crypto {
namespace {

constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

[[noreturn]] void throw_failed(const std::string& what) {
  throw Failure(
      Trouble{.kind = TroubleKind::configuration,
              .code = "crypto_unavailable",
              .what = what,
              .why = "OpenSSL: " + openssl_reason(),
              .hint = "check that the system's OpenSSL is installed completely and that its configuration "
                      "loads the default provider",
              .detail = {},
              .retry_at = {}});
}

int nibble(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace

std::array<std::uint8_t, 32> sha256(ByteView data) {
  std::array<std::uint8_t, 32> digest{};
  unsigned int length = 0;
  if (EVP_Digest(data.data(), data.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1 ||
      length != digest.size()) {
    throw_failed("cannot compute a SHA-256 digest");
  }
  return digest;
}

std::string hex(ByteView data) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(data.size() * 2);
  for (const std::uint8_t octet : data) {
    text.push_back(digits[octet >> 4U]);
    text.push_back(digits[octet & 0x0FU]);
  }
  return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes data;
  data.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = nibble(text[i]);
    const int low = nibble(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    data.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return data;
}

std::string base64url(ByteView data) {
  std::string text;
  text.reserve((data.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::uint8_t octet : data) {
    bits = (bits << 8U) | octet;
    count += 8;
    while (count >= 6) {
      count -= 6;
      text.push_back(kBase64Url[(bits >> count) & 0x3FU]);
    }
  }
  if (count > 0) text.push_back(kBase64Url[(bits << (6 - count)) & 0x3FU]);
  return text;
}

std::optional<Bytes> from_base64url(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  Bytes data;
  data.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char letter : text) {
    const std::size_t value = kBase64Url.find(letter);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      data.push_back(static_cast<std::uint8_t>((bits >> count) & 0xFFU));
    }
  }
  // Two texts must not decode to the same octets, so the unused bits have to be zero.
  if ((bits & ((1U << count) - 1U)) != 0) return std::nullopt;
  return data;
}

Bytes random_bytes(std::size_t count) {
  Bytes data(count);
  if (count > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      RAND_bytes(data.data(), static_cast<int>(count)) != 1) {
    throw_failed("cannot get random octets");
  }
  return data;
}

}  // namespace certmgr::crypto
