// SPDX-License-Identifier: MIT
#include "adapters/acme/jws.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>

#include <nlohmann/json.hpp>

#include "crypto/encoding.h"
#include "crypto/private_key.h"

namespace certmgr::acme {
namespace {

using crypto::as_bytes;
using crypto::Bytes;
using nlohmann::json;

std::string text_of(const std::string& base64url) {
  const auto bytes = crypto::from_base64url(base64url);
  return bytes ? std::string(bytes->begin(), bytes->end()) : std::string("not base64url");
}

JwsKey key_of(KeyType type) { return std::move(*JwsKey::from(std::move(*crypto::generate_key(type)))); }

struct ParamFree {
  void operator()(OSSL_PARAM* p) const noexcept { OSSL_PARAM_free(p); }
  void operator()(OSSL_PARAM_BLD* p) const noexcept { OSSL_PARAM_BLD_free(p); }
};

/// The public key of RFC 7638 section 3.1.
crypto::PkeyPtr rfc7638_key() {
  const auto n = *crypto::from_base64url(
      "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"
      "BJECPebWKRXjBZCiFV4n3ok"
      "njhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
      "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu"
      "6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-"
      "csFCur-kEgU8a"
      "wapJzKnqDKgw");
  const crypto::BignumPtr modulus(BN_bin2bn(n.data(), static_cast<int>(n.size()), nullptr));
  const std::unique_ptr<OSSL_PARAM_BLD, ParamFree> build(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_ulong(build.get(), OSSL_PKEY_PARAM_RSA_E, 65537);
  const std::unique_ptr<OSSL_PARAM, ParamFree> params(OSSL_PARAM_BLD_to_param(build.get()));
  const crypto::PkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context.get());
  EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get());
  return crypto::PkeyPtr(key);
}

TEST(Jws, TheThumbprintIsTheOneOfRfc7638) {
  const auto key = JwsKey::from(rfc7638_key());
  ASSERT_TRUE(key);
  EXPECT_EQ(key->thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  EXPECT_EQ(json::parse(key->jwk())["e"], "AQAB");
}

TEST(Jws, EveryKeyTypeNamesItsAlgorithm) {
  EXPECT_EQ(key_of(KeyType::ecdsa_p256).algorithm(), "ES256");
  EXPECT_EQ(key_of(KeyType::ecdsa_p384).algorithm(), "ES384");
  EXPECT_EQ(key_of(KeyType::rsa_2048).algorithm(), "RS256");
}

TEST(Jws, CarriesHeaderAndPayloadAndAPostAsGetHasAnEmptyPayload) {
  const auto key = key_of(KeyType::ecdsa_p256);
  const auto jws =
      json::parse(*key.sign(R"("nonce":"n","url":"https://ca/x","kid":"https://ca/acct")", R"({"a":1})"));
  const auto header = json::parse(text_of(jws["protected"]));
  EXPECT_EQ(header,
            json::parse(R"({"alg":"ES256","nonce":"n","url":"https://ca/x","kid":"https://ca/acct"})"));
  EXPECT_EQ(text_of(jws["payload"]), R"({"a":1})");
  EXPECT_EQ(json::parse(*key.sign(R"("nonce":"n")", ""))["payload"], "");
}

TEST(Jws, AnEcdsaSignatureHasFixedWidthAndIsValid) {
  for (const auto& [type, width] :
       {std::pair{KeyType::ecdsa_p256, 64U}, std::pair{KeyType::ecdsa_p384, 96U}}) {
    auto pkey = std::move(*crypto::generate_key(type));
    EVP_PKEY_up_ref(pkey.get());
    const crypto::PkeyPtr verifier(pkey.get());
    const auto key = JwsKey::from(std::move(pkey));
    for (int i = 0; i < 40; ++i) {  // short r or s come up once in 256 signatures or so
      const auto jws = json::parse(*key->sign("\"nonce\":\"" + std::to_string(i) + "\"", "x"));
      const auto signature = *crypto::from_base64url(jws["signature"].get<std::string>());
      ASSERT_EQ(signature.size(), width);
      const int half = static_cast<int>(width / 2);
      ECDSA_SIG* raw = ECDSA_SIG_new();
      ECDSA_SIG_set0(raw, BN_bin2bn(signature.data(), half, nullptr),
                     BN_bin2bn(signature.data() + half, half, nullptr));
      unsigned char* der = nullptr;
      const int size = i2d_ECDSA_SIG(raw, &der);
      const std::string input = jws["protected"].get<std::string>() + "." + jws["payload"].get<std::string>();
      const crypto::MdCtxPtr context(EVP_MD_CTX_new());
      EVP_DigestVerifyInit(context.get(), nullptr, type == KeyType::ecdsa_p256 ? EVP_sha256() : EVP_sha384(),
                           nullptr, verifier.get());
      EXPECT_EQ(EVP_DigestVerify(context.get(), der, static_cast<std::size_t>(size), as_bytes(input).data(),
                                 input.size()),
                1);
      OPENSSL_free(der);
      ECDSA_SIG_free(raw);
    }
  }
}

TEST(Jws, AnExternalAccountBindingIsSignedWithTheHmacKey) {
  const std::string secret = "0123456789abcdef0123456789abcdef";
  const auto bound = external_account_binding("kid-1", crypto::base64url(as_bytes(secret)),
                                              "https://ca/new-account", R"({"kty":"EC"})");
  ASSERT_TRUE(bound);
  const auto jws = json::parse(*bound);
  EXPECT_EQ(json::parse(text_of(jws["protected"])),
            json::parse(R"({"alg":"HS256","kid":"kid-1","url":"https://ca/new-account"})"));
  EXPECT_EQ(text_of(jws["payload"]), R"({"kty":"EC"})");
  const std::string input = jws["protected"].get<std::string>() + "." + jws["payload"].get<std::string>();
  Bytes mac(32);
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), as_bytes(input).data(), input.size(),
       mac.data(), &size);
  EXPECT_EQ(*crypto::from_base64url(jws["signature"].get<std::string>()), mac);
  EXPECT_FALSE(external_account_binding("kid-1", "not base64url!", "u", "{}"));
}

}  // namespace
}  // namespace certmgr::acme
