// SPDX-License-Identifier: MIT
#include "certmgr/domain/token_key.h"

#include <gtest/gtest.h>

namespace certmgr {
namespace {

TEST(TokenKeyUri, SaysTokenKeyAndPinFile) {
  const auto key = parse_token_key(
      "pkcs11:token=My%20token;manufacturer=ACME;model=v1;serial=0a1b;object=sip;id=%00%ff;type=private"
      "?pin-source=file:/etc/certmgr/token.pin");
  ASSERT_TRUE(key) << key.error().message();
  EXPECT_EQ(*key, (TokenKey{"My token", "ACME", "v1", "0a1b", "sip", std::string("\0\xff", 2),
                            "/etc/certmgr/token.pin"}));
}

TEST(TokenKeyUri, TakesThePinSourceAsOtherProgramsWriteIt) {
  for (const char* form : {"?pin-source=file:/p", ";pin-source=file:/p", "?pin-source=file:///p"}) {
    const auto key = parse_token_key("pkcs11:token=t;object=o" + std::string(form));
    ASSERT_TRUE(key) << form;
    EXPECT_EQ(key->pin_file, "/p") << form;
  }
  EXPECT_EQ(parse_token_key("pkcs11:serial=1;id=%01")->pin_file, "");
  EXPECT_EQ(parse_token_key("pkcs11:token=a&b;object=o")->token, "a&b") << "it separates in the query alone";
}

TEST(TokenKeyUri, IsRefusedWhereItDoesNotNameAKeyOrCouldMeanAnother) {
  for (const char* uri :
       {"", "file:/etc/key.pem", "pkcs11:", "pkcs11:token=t", "pkcs11:object=o", "pkcs11:token=t;object",
        "pkcs11:token=t;object=", "pkcs11:token=t;object=a;object=b", "pkcs11:token=t;object=%0",
        "pkcs11:token=t;object=%zz", "pkcs11:token=t;object=a b", "pkcs11:token=t%00;object=o",
        "pkcs11:token=t;object=o;type=public", "pkcs11:token=t;object=o;slot-id=1",
        "pkcs11:token=t;object=o?module-path=/tmp/evil.so", "pkcs11:token=t;object=o?pin-source=%7Ccat%20/p",
        "pkcs11:token=t;object=o?pin-source=file://host/p", "pkcs11:token=t;object=o?pin-source=file:p",
        "pkcs11:token=t;object=o?pin-source=file:/p%00"}) {
    const auto key = parse_token_key(uri);
    ASSERT_FALSE(key) << uri;
    EXPECT_EQ(key.error().code, "bad_key_uri") << uri;
    EXPECT_EQ(key.error().kind, TroubleKind::usage) << uri;
  }
  EXPECT_FALSE(parse_token_key("pkcs11:token=t;object=" + std::string(2048, 'o')));
}

TEST(TokenKeyUri, WithThePinInItIsRefusedAndNotRepeated) {
  for (const char* form : {"?pin-value=1234", ";pin-value=1234", "?x=1&pin-value=1234"}) {
    const auto key = parse_token_key("pkcs11:token=t;object=o" + std::string(form));
    ASSERT_FALSE(key) << form;
    EXPECT_EQ(key.error().code, "pin_in_uri") << form;
    EXPECT_EQ((key.error().message() + key.error().hint).find("1234"), std::string::npos) << form;
  }
}

TEST(TokenKeyUri, IsWrittenWithoutThePinFileAndReadsBackTheSame) {
  const TokenKey key{"a;b", "", "", "s/1", "o?&=%", std::string("\x01\0", 2), "/p"};
  EXPECT_EQ(to_uri(key), "pkcs11:token=a%3Bb;serial=s%2F1;object=o%3F%26%3D%25;id=%01%00;type=private");
  auto read = parse_token_key(to_uri(key));
  ASSERT_TRUE(read) << read.error().message();
  read->pin_file = key.pin_file;
  EXPECT_EQ(*read, key);
}

}  // namespace
}  // namespace certmgr
