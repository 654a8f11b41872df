// SPDX-License-Identifier: MIT
#include "crypto/ec_pkcs8.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "crypto/private_key.h"

namespace certmgr::crypto {
namespace {

// The private key 1: all its octets but the last are zero.
constexpr const char* kOne =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAGhRANCAARrF9Hy4SxCR/i85uVjpEDydwN9gS3r\n"
    "M6D0oTlF2JjClk/jQuL+Gn+bjufrSnwPnhYrzjNXazFezsu2QGg3v1H1\n"
    "-----END PRIVATE KEY-----\n";
constexpr const char* kCompressed =
    "-----BEGIN PRIVATE KEY-----\n"
    "MGcCAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcETTBLAgEBBCAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAaEkAyIAA2sX0fLhLEJH+Lzm5WOkQPJ3A32BLesz\n"
    "oPShOUXYmMKW\n"
    "-----END PRIVATE KEY-----\n";
// Its curve is P-256, spelled out instead of named.
constexpr const char* kExplicit =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIBeQIBADCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAAB\n"
    "AAAAAAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA\n"
    "///////////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMV\n"
    "AMSdNgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg\n"
    "9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8A\n"
    "AAAA//////////+85vqtpxeehPO5ysL8YyVRAgEBBG0wawIBAQQgWfjmK8J5YXOY\n"
    "6BhveP0Xw2TGxwj+kqLxBHJzF3Kfi1WhRANCAAT51By3Fbyv8pSyd1mszi52YxMG\n"
    "IojLY10WpNjtF6+hN26sctccqwzYdFUADiiIS4zzu7Qufgm92oGEhB2Q1aui\n"
    "-----END PRIVATE KEY-----\n";

std::string by_openssl(EVP_PKEY& key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr), 1);
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

TEST(EcPkcs8, is_what_openssl_writes) {
  for (const auto type : {KeyType::ecdsa_p256, KeyType::ecdsa_p384}) {
    for (int i = 0; i < 20; ++i) {
      const PkeyPtr key = value_or_throw(generate_key(type));
      ASSERT_TRUE(ec_pkcs8(*key));
      EXPECT_EQ(value_or_throw(to_pem(*key)), by_openssl(*key)) << to_string(type);
    }
  }
}

TEST(EcPkcs8, keeps_zeros_at_the_front) {
  const PkeyPtr key = value_or_throw(key_from_pem(kOne));
  ASSERT_TRUE(ec_pkcs8(*key));
  EXPECT_EQ(value_or_throw(to_pem(*key)), kOne);
}

TEST(EcPkcs8, leaves_to_openssl_what_it_does_not_know) {
  for (const PkeyPtr& key :
       {value_or_throw(key_from_pem(kCompressed)), value_or_throw(key_from_pem(kExplicit)),
        PkeyPtr(EVP_EC_gen("secp521r1")), PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")),
        value_or_throw(generate_key(KeyType::rsa_2048))}) {
    ASSERT_TRUE(key);
    EXPECT_FALSE(ec_pkcs8(*key));
    EXPECT_EQ(value_or_throw(to_pem(*key)), by_openssl(*key));
  }
}

}  // namespace
}  // namespace certmgr::crypto
