// SPDX-License-Identifier: MIT
#include "crypto/seal.h"

#include <gmock/gmock.h>

namespace certmgr::crypto {
namespace {

const Bytes kKey(32, 7);
const std::string kContext = "row 1";

Bytes secret() { return {'s', 'e', 'c', 'r', 'e', 't'}; }

TEST(Seal, opens_with_the_same_key_and_context) {
  const auto opened = open(kKey, seal(kKey, secret(), kContext), kContext);
  ASSERT_TRUE(opened);
  EXPECT_EQ(*opened, secret());
}

TEST(Seal, takes_an_empty_secret) {
  const Bytes sealed = seal(kKey, {}, kContext);
  EXPECT_EQ(sealed.size(), 28U);
  ASSERT_TRUE(open(kKey, sealed, kContext));
}

TEST(Seal, never_gives_the_same_octets_twice) {
  EXPECT_NE(seal(kKey, secret(), kContext), seal(kKey, secret(), kContext));
}

TEST(Seal, stays_shut_for_another_key_or_context) {
  const Bytes sealed = seal(kKey, secret(), kContext);
  EXPECT_EQ(open(Bytes(32, 8), sealed, kContext).error().code, "seal_broken");
  EXPECT_EQ(open(kKey, sealed, "row 2").error().code, "seal_broken");
  EXPECT_EQ(open(Bytes(16, 7), sealed, kContext).error().code, "seal_broken");
}

TEST(Seal, notices_every_changed_bit_and_every_missing_octet) {
  const Bytes sealed = seal(kKey, secret(), kContext);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(open(kKey, changed, kContext)) << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(open(kKey, ByteView(sealed).first(size), kContext)) << size;
  }
}

TEST(Seal, reads_a_vector_of_the_gcm_specification) {
  // McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16 (AES-256, with AAD).
  const auto key = from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").value();
  const auto plain =
      from_hex(
          "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
          "b16aedf5aa0de657ba637b39")
          .value();
  const auto aad = from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2").value();
  const auto sealed =
      from_hex(
          "cafebabefacedbaddecaf888"
          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
          "c5f61e6393ba7a0abcc9f662"
          "76fc6ece0f4e1768cddf8853bb2d551b")
          .value();
  const auto opened = open(key, sealed, {reinterpret_cast<const char*>(aad.data()), aad.size()});
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_EQ(*opened, plain);
}

TEST(Seal, throws_when_the_key_cannot_be_one) {
  EXPECT_THROW(seal(Bytes(31, 0), secret(), kContext), Failure);
}

}  // namespace
}  // namespace certmgr::crypto
