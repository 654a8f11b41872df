// SPDX-License-Identifier: MIT
#include "crypto/encoding.h"

#include <gmock/gmock.h>

namespace certmgr::crypto {
namespace {

std::string text(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

TEST(Sha256, gives_the_digests_of_fips_180) {
  EXPECT_EQ(hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hex, reads_back_what_it_wrote) {
  EXPECT_EQ(hex(Bytes{0x00, 0x7f, 0xff}), "007fff");
  EXPECT_EQ(from_hex("007FfF"), (Bytes{0x00, 0x7f, 0xff}));
}

TEST(Hex, refuses_what_is_no_hex) {
  for (const char* bad : {"0", "0g", " 00", "0x"}) EXPECT_EQ(from_hex(bad), std::nullopt) << bad;
}

TEST(Base64Url, follows_rfc_4648_without_padding) {
  const std::vector<std::pair<std::string, std::string>> vectors = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(base64url(as_bytes(plain)), encoded);
    const auto decoded = from_base64url(encoded);
    ASSERT_TRUE(decoded) << encoded;
    EXPECT_EQ(text(*decoded), plain);
  }
}

TEST(Base64Url, refuses_padding_other_alphabets_and_second_spellings) {
  for (const char* bad : {"Zg==", "Z", "Zm9vY", "+__-", "Zm 9v", "Zh", "Zm9"}) {
    EXPECT_EQ(from_base64url(bad), std::nullopt) << bad;
  }
}

TEST(RandomBytes, are_as_many_as_asked_for_and_differ) {
  EXPECT_EQ(random_bytes(0).size(), 0U);
  EXPECT_EQ(random_bytes(32).size(), 32U);
  EXPECT_NE(random_bytes(32), random_bytes(32));
}

}  // namespace
}  // namespace certmgr::crypto
