// SPDX-License-Identifier: MIT
#include "crypto/foreign_request.h"

#include <gmock/gmock.h>
#include <openssl/pem.h>

#include "crypto/private_key.h"
#include "crypto/public_key.h"

namespace certmgr::crypto {
namespace {

using ::testing::HasSubstr;

void free_extensions(STACK_OF(X509_EXTENSION) * list) {
  sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
}
using ExtensionsPtr = std::unique_ptr<STACK_OF(X509_EXTENSION), Deleter<free_extensions>>;

struct Wish {
  std::string sans = "DNS:PBX.example.com, DNS:sip.example.com, IP:192.0.2.7";
  std::string common_name;
  PkeyPtr key = std::move(*generate_key(KeyType::ecdsa_p256));
  bool forged = false;  // signed with another key
};

Bytes request(const Wish& wish) {
  const X509ReqPtr made(X509_REQ_new());
  X509_REQ_set_pubkey(made.get(), wish.key.get());
  if (!wish.common_name.empty())
    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(wish.common_name.c_str()), -1, -1, 0);
  if (!wish.sans.empty()) {
    const ExtensionsPtr extensions(sk_X509_EXTENSION_new_null());
    sk_X509_EXTENSION_push(extensions.get(),
                           X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, wish.sans.c_str()));
    X509_REQ_add_extensions(made.get(), extensions.get());
  }
  const auto other = generate_key(KeyType::ecdsa_p256);
  X509_REQ_sign(made.get(), wish.forged ? other->get() : wish.key.get(), EVP_sha256());
  unsigned char* der = nullptr;
  const int length = i2d_X509_REQ(made.get(), &der);
  Bytes octets(der, der + length);
  OPENSSL_free(der);
  return octets;
}

std::string_view text(const Bytes& octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

std::string why(const Wish& wish) {
  const auto read = read_foreign_request(text(request(wish)));
  if (read) return "nothing";
  EXPECT_EQ(read.error().code, "bad_csr");
  EXPECT_EQ(read.error().kind, TroubleKind::usage);
  EXPECT_FALSE(read.error().hint.empty());
  return read.error().why;
}

TEST(ForeignRequest, TellsItsNamesAndKeyFromDerAndFromPem) {
  Wish wish;
  wish.common_name = "pbx.example.com";
  const auto der = request(wish);
  const auto read = read_foreign_request(text(der));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->der, der);
  EXPECT_EQ(join(read->identifiers), "pbx.example.com, sip.example.com, 192.0.2.7");
  EXPECT_EQ(read->key_type, KeyType::ecdsa_p256);
  EXPECT_EQ(read->spki_sha256, *spki_sha256(*wish.key));

  const unsigned char* end = der.data();
  const X509ReqPtr parsed(d2i_X509_REQ(nullptr, &end, static_cast<long>(der.size())));
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), parsed.get());
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  const auto from_pem = read_foreign_request({data, static_cast<std::size_t>(length)});
  ASSERT_TRUE(from_pem) << from_pem.error().message();
  EXPECT_EQ(from_pem->der, der);
}

TEST(ForeignRequest, KnowsEveryKeyTypeThatIsOrdered) {
  for (const auto type : {KeyType::ecdsa_p256, KeyType::ecdsa_p384, KeyType::rsa_2048}) {
    Wish wish;
    wish.key = std::move(*generate_key(type));
    const auto read = read_foreign_request(text(request(wish)));
    ASSERT_TRUE(read) << to_string(type);
    EXPECT_EQ(read->key_type, type);
  }
}

TEST(ForeignRequest, WhatNoCaWouldIssueForIsRefusedWithTheReason) {
  Wish wish;
  wish.sans = "";
  EXPECT_THAT(why(wish), HasSubstr("it names nothing"));
  wish.sans = "DNS:pbx.example.com, email:a@example.com";
  EXPECT_THAT(why(wish), HasSubstr("neither a DNS name nor an address"));
  wish.sans = "DNS:no_name.example.com";
  EXPECT_NE(why(wish), "nothing");
  wish.sans = "DNS:pbx.example.com";
  wish.common_name = "other.example.com";
  EXPECT_THAT(why(wish), HasSubstr("other.example.com is not among"));
  wish.common_name = "";
  wish.forged = true;
  EXPECT_THAT(why(wish), HasSubstr("not signed with the key it holds"));
  wish.forged = false;
  wish.key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}));
  EXPECT_THAT(why(wish), HasSubstr("none of the types"));
  wish.key.reset(EVP_EC_gen("P-521"));
  EXPECT_THAT(why(wish), HasSubstr("none of the types"));
}

TEST(ForeignRequest, WhatIsNoRequestIsRefused) {
  EXPECT_FALSE(read_foreign_request(""));
  EXPECT_FALSE(read_foreign_request("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n"));
  EXPECT_FALSE(read_foreign_request(std::string(70000, 'x')));
  const Wish wish;
  auto der = request(wish);
  der.push_back(0);
  EXPECT_FALSE(read_foreign_request(text(der))) << "octets after its end";
  der.resize(der.size() - 2);
  EXPECT_FALSE(read_foreign_request(text(der))) << "cut short";
}

}  // namespace
}  // namespace certmgr::crypto
