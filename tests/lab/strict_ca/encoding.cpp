// SPDX-License-Identifier: MIT
#include "lab/strict_ca/encoding.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <ctime>
#include <regex>
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
  static const std::regex kForm(R"((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(?:Z|([+-])(\d\d):(\d\d)))");
  std::smatch part;
  if (!std::regex_match(text, part, kForm)) return std::nullopt;
  std::tm fields{};
  const std::string date = part[1];
  const char* end = strptime(date.c_str(), "%Y-%m-%dT%H:%M:%S", &fields);
  if (end == nullptr || *end != '\0') return std::nullopt;
  auto moment = std::chrono::system_clock::from_time_t(timegm(&fields));
  if (part[3].matched) {
    const auto offset = std::chrono::hours(std::stoi(part[4])) + std::chrono::minutes(std::stoi(part[5]));
    moment -= part[3] == "-" ? -offset : offset;
  }
  return moment;
}

}  // namespace certmgr::lab::strict
