// SPDX-License-Identifier: MIT
#include "lab/strict_ca/encoding.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <ctime>
#include <stdexcept>

namespace certmgr::lab::strict {
namespace {

constexpr std::string_view kUrlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Cuts octets into pieces of `bits`, the last one filled with zeros.
std::string pieces(std::string_view octets, unsigned bits, std::string_view alphabet) {
  std::string text;
  unsigned held = 0;
  unsigned count = 0;
  for (const char octet : octets) {
    held = ((held << 8) | static_cast<unsigned char>(octet)) & 0xFFFFU;
    count += 8;
    for (; count >= bits; count -= bits) text += alphabet[(held >> (count - bits)) & ((1U << bits) - 1)];
  }
  if (count > 0) text += alphabet[(held << (bits - count)) & ((1U << bits) - 1)];
  return text;
}

constexpr const char* kDigits = "0123456789";

/// "Z", "+01:00", "-05:30".
std::optional<std::chrono::minutes> zone_offset(const std::string& zone) {
  if (zone == "Z") return std::chrono::minutes(0);
  const bool form = zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':' &&
                    (zone.substr(1, 2) + zone.substr(4)).find_first_not_of(kDigits) == std::string::npos;
  if (!form) return std::nullopt;
  const std::chrono::minutes length(std::stoi(zone.substr(1, 2)) * 60 + std::stoi(zone.substr(4)));
  return zone[0] == '-' ? -length : length;
}

}  // namespace

std::string base64url(std::string_view octets) { return pieces(octets, 6, kUrlAlphabet); }

std::string base32(std::string_view octets) { return pieces(octets, 5, "abcdefghijklmnopqrstuvwxyz234567"); }

std::optional<std::string> from_base64url(std::string_view text) {
  std::string octets;
  unsigned held = 0;
  unsigned count = 0;
  for (const char letter : text) {
    const auto value = kUrlAlphabet.find(letter);
    if (value == std::string_view::npos) return std::nullopt;
    held = ((held << 6) | static_cast<unsigned>(value)) & 0xFFFFU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    octets += static_cast<char>((held >> count) & 0xFFU);
  }
  const bool stray = count >= 6 || (held & ((1U << count) - 1)) != 0;
  if (stray) return std::nullopt;
  return octets;
}

std::string hex(std::string_view octets) { return pieces(octets, 4, "0123456789abcdef"); }

std::string sha256(std::string_view octets) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(octets.data(), octets.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("OpenSSL: SHA-256");
  return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string random_octets(std::size_t count) {
  std::string octets(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(octets.data()), static_cast<int>(count)) != 1)
    throw std::runtime_error("OpenSSL: random numbers");
  return octets;
}

std::string rfc3339(Moment moment) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(moment);
  std::tm fields{};
  gmtime_r(&seconds, &fields);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &fields);
  return {text.data(), size};
}

std::optional<Moment> from_rfc3339(const std::string& text) {
  constexpr std::size_t kDate = 19;  // 2030-01-02T03:04:05
  if (text.size() <= kDate || text.find(' ') != std::string::npos) return std::nullopt;
  std::tm fields{};
  const std::string date = text.substr(0, kDate);
  const char* end = strptime(date.c_str(), "%Y-%m-%dT%H:%M:%S", &fields);
  if (end == nullptr || *end != '\0') return std::nullopt;
  std::string zone = text.substr(kDate);
  if (zone[0] == '.') {
    const auto fraction = zone.find_first_not_of(kDigits, 1);
    if (fraction == 1 || fraction == std::string::npos) return std::nullopt;
    zone.erase(0, fraction);
  }
  const auto offset = zone_offset(zone);
  if (!offset) return std::nullopt;
  return std::chrono::system_clock::from_time_t(timegm(&fields)) - *offset;
}

}  // namespace certmgr::lab::strict
