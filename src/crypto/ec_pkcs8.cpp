// SPDX-License-Identifier: MIT
#include "crypto/ec_pkcs8.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace certmgr::crypto {
namespace {

// Before the private key, and between it and the public key: PrivateKeyInfo {version 0, {id-ecPublicKey,
// curve}, OCTET STRING of ECPrivateKey {version 1, private key, [1] public key}}.
constexpr std::array<std::uint8_t, 36> kP256{0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06,
                                             0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
                                             0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
                                             0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20};
constexpr std::array<std::uint8_t, 35> kP384{0x30, 0x81, 0xb6, 0x02, 0x01, 0x00, 0x30, 0x10, 0x06,
                                             0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
                                             0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x04, 0x81, 0x9e,
                                             0x30, 0x81, 0x9b, 0x02, 0x01, 0x01, 0x04, 0x30};
constexpr std::array<std::uint8_t, 5> kP256Between{0xa1, 0x44, 0x03, 0x42, 0x00};
constexpr std::array<std::uint8_t, 5> kP384Between{0xa1, 0x64, 0x03, 0x62, 0x00};

struct Frame {
  ByteView before;
  ByteView between;
  std::size_t coordinate = 0;  // octets
};

std::optional<Frame> frame_of(const EVP_PKEY& key) {
  std::array<char, 32> name{};
  std::array<char, 32> encoding{};  // of the curve; OpenSSL keeps that of keys which spell it out
  if (EVP_PKEY_get_group_name(&key, name.data(), name.size(), nullptr) != 1 ||
      EVP_PKEY_get_utf8_string_param(&key, OSSL_PKEY_PARAM_EC_ENCODING, encoding.data(), encoding.size(),
                                     nullptr) != 1 ||
      std::string_view(encoding.data()) != OSSL_PKEY_EC_ENCODING_GROUP)
    return std::nullopt;
  const int curve = OBJ_sn2nid(name.data());
  if (curve == NID_X9_62_prime256v1) return Frame{kP256, kP256Between, 32};
  if (curve == NID_secp384r1) return Frame{kP384, kP384Between, 48};
  return std::nullopt;
}

bool write_private(const EVP_PKEY& key, std::span<std::uint8_t> place) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(&key, OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1) return false;
  const BignumPtr owner(number);
  const int size = static_cast<int>(place.size());
  const bool written = BN_bn2binpad(number, place.data(), size) == size;
  BN_clear(number);
  return written;
}

bool write_public(const EVP_PKEY& key, std::span<std::uint8_t> place) {
  constexpr std::uint8_t kUncompressed = 4;
  std::size_t size = 0;
  return EVP_PKEY_get_octet_string_param(&key, OSSL_PKEY_PARAM_PUB_KEY, place.data(), place.size(), &size) ==
             1 &&
         size == place.size() && place.front() == kUncompressed;
}

}  // namespace

std::optional<Bytes> ec_pkcs8(EVP_PKEY& key) {
  ERR_set_mark();
  std::optional<Bytes> der;
  if (const auto frame = frame_of(key)) {
    const std::size_t begin = frame->before.size();
    const std::size_t middle = begin + frame->coordinate;
    const std::size_t point = middle + frame->between.size();
    der.emplace(point + 1 + 2 * frame->coordinate);
    std::ranges::copy(frame->before, der->begin());
    std::ranges::copy(frame->between, der->begin() + static_cast<std::ptrdiff_t>(middle));
    const std::span<std::uint8_t> octets(*der);
    if (!write_private(key, octets.subspan(begin, frame->coordinate)) ||
        !write_public(key, octets.subspan(point))) {
      OPENSSL_cleanse(der->data(), der->size());
      der.reset();
    }
  }
  ERR_pop_to_mark();
  return der;
}

}  // namespace certmgr::crypto
