// SPDX-License-Identifier: MIT
#include "crypto/private_key.h"

#include <gmock/gmock.h>
#include <openssl/pem.h>

#include "crypto/public_key.h"
#include "crypto/x509_text.h"

namespace certmgr::crypto {
namespace {

using ::testing::StartsWith;

std::string group_of(EVP_PKEY& key) {
  std::array<char, 64> name{};
  std::size_t length = 0;
  return EVP_PKEY_get_group_name(&key, name.data(), name.size(), &length) == 1
             ? std::string(name.data(), length)
             : "";
}

X509ReqPtr parse_request(const Bytes& der) {
  const unsigned char* end = der.data();
  X509ReqPtr request(d2i_X509_REQ(nullptr, &end, static_cast<long>(der.size())));
  EXPECT_EQ(end, der.data() + der.size());
  return request;
}

std::vector<std::string> names_in(X509_REQ& request) {
  std::vector<std::string> names;
  STACK_OF(X509_EXTENSION)* extensions = X509_REQ_get_extensions(&request);
  auto* sans =
      static_cast<GENERAL_NAMES*>(X509V3_get_d2i(extensions, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(sans); ++i) {
    int type = 0;
    const auto* value =
        static_cast<ASN1_STRING*>(GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(sans, i), &type));
    EXPECT_EQ(type, GEN_DNS);
    names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                       static_cast<std::size_t>(ASN1_STRING_length(value)));
  }
  GENERAL_NAMES_free(sans);
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  return names;
}

std::vector<std::string> subject_in(const X509_REQ& request) {
  std::vector<std::string> subject;
  const X509_NAME* name = X509_REQ_get_subject_name(&request);
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(entry);
    std::array<char, 64> oid{};
    OBJ_obj2txt(oid.data(), static_cast<int>(oid.size()), X509_NAME_ENTRY_get_object(entry), 1);
    const int type = ASN1_STRING_type(value);
    const std::string kind = type == V_ASN1_PRINTABLESTRING ? "printable "
                             : type == V_ASN1_UTF8STRING    ? "utf8 "
                                                            : "other ";
    subject.push_back(kind + oid.data() + "=" +
                      std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                                  static_cast<std::size_t>(ASN1_STRING_length(value))));
  }
  return subject;
}

TEST(GenerateKey, makes_curves_by_name) {
  EXPECT_EQ(group_of(*value_or_throw(generate_key(KeyType::ecdsa_p256))), "prime256v1");
  EXPECT_EQ(group_of(*value_or_throw(generate_key(KeyType::ecdsa_p384))), "secp384r1");
}

TEST(GenerateKey, makes_rsa_keys_of_the_wanted_size_with_exponent_65537) {
  for (const auto& [type, bits] : {std::pair(KeyType::rsa_2048, 2048), std::pair(KeyType::rsa_3072, 3072)}) {
    const PkeyPtr key = value_or_throw(generate_key(type));
    EXPECT_EQ(EVP_PKEY_get_bits(key.get()), bits);
    BIGNUM* exponent = nullptr;
    ASSERT_EQ(EVP_PKEY_get_bn_param(key.get(), "e", &exponent), 1);
    const BignumPtr owner(exponent);
    EXPECT_EQ(BN_get_word(exponent), 65537U);
  }
}

TEST(GenerateKey, never_makes_the_same_key_twice) {
  const PkeyPtr one = value_or_throw(generate_key(KeyType::ecdsa_p256));
  const PkeyPtr other = value_or_throw(generate_key(KeyType::ecdsa_p256));
  EXPECT_NE(value_or_throw(spki_sha256(*one)), value_or_throw(spki_sha256(*other)));
}

TEST(PublicKey, is_hashed_as_openssl_encodes_it) {
  for (const auto type : {KeyType::ecdsa_p256, KeyType::ecdsa_p384, KeyType::rsa_2048}) {
    const PkeyPtr key = value_or_throw(generate_key(type));
    Bytes der(static_cast<std::size_t>(i2d_PUBKEY(key.get(), nullptr)));
    std::uint8_t* end = der.data();
    ASSERT_GT(i2d_PUBKEY(key.get(), &end), 0);
    EXPECT_EQ(value_or_throw(spki_sha256(*key)), hex(sha256(der))) << to_string(type);
  }
}

TEST(KeyPem, is_pkcs8_and_reads_back_as_the_same_key) {
  const PkeyPtr key = value_or_throw(generate_key(KeyType::ecdsa_p384));
  const std::string pem = value_or_throw(to_pem(*key));
  EXPECT_THAT(pem, StartsWith("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_EQ(EVP_PKEY_eq(key.get(), value_or_throw(key_from_pem(pem)).get()), 1);
}

TEST(KeyPem, that_is_damaged_encrypted_or_endless_is_refused_without_asking_anybody) {
  const PkeyPtr key = value_or_throw(generate_key(KeyType::ecdsa_p256));
  const std::string pem = value_or_throw(to_pem(*key));
  const BioPtr bio(BIO_new(BIO_s_mem()));
  ASSERT_EQ(
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), EVP_aes_128_cbc(), "pass", 4, nullptr, nullptr), 1);
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  const std::string encrypted(data, static_cast<std::size_t>(length));
  for (const std::string& bad : {std::string(), std::string("rubbish"), pem.substr(0, 100), encrypted,
                                 std::string(100'000, '\n') + pem}) {
    const auto read = key_from_pem(bad);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, "key_malformed");
  }
}

TEST(CertificateRequest, has_an_empty_subject_the_names_as_sans_and_a_good_signature) {
  const std::vector<Identifier> identifiers = {{IdentifierType::dns, "*.example.com"},
                                               {IdentifierType::dns, "pbx.example.com"}};
  const std::vector<std::pair<KeyType, int>> cases = {{KeyType::ecdsa_p256, NID_ecdsa_with_SHA256},
                                                      {KeyType::ecdsa_p384, NID_ecdsa_with_SHA384},
                                                      {KeyType::rsa_2048, NID_sha256WithRSAEncryption}};
  for (const auto& [type, algorithm] : cases) {
    const PkeyPtr key = value_or_throw(generate_key(type));
    const X509ReqPtr request = parse_request(value_or_throw(certificate_request(*key, identifiers)));
    ASSERT_TRUE(request);
    EXPECT_EQ(X509_NAME_entry_count(X509_REQ_get_subject_name(request.get())), 0);
    EXPECT_THAT(names_in(*request), ::testing::ElementsAre("*.example.com", "pbx.example.com"));
    EXPECT_EQ(X509_REQ_get_signature_nid(request.get()), algorithm);
    EXPECT_EQ(X509_REQ_verify(request.get(), key.get()), 1);
    EXPECT_EQ(EVP_PKEY_eq(X509_REQ_get0_pubkey(request.get()), key.get()), 1);
  }
}

TEST(CertificateRequest, carries_the_subject_in_its_order_and_in_the_types_of_x520) {
  OrganizationRecord record;
  record.legal_name = "Köln Telefonie GmbH";
  record.category = "private-organization";
  record.registration_number = "HRB 12345";
  record.jurisdiction_country = record.address_country = "DE";
  record.jurisdiction_state = record.address_state = "Nordrhein-Westfalen";
  record.jurisdiction_locality = record.address_locality = "Köln";
  record.organization_identifier = "NTRDE-HRB 12345";
  const auto subject = value_or_throw(csr_subject(CertificateLevel::ev, record));
  const PkeyPtr key = value_or_throw(generate_key(KeyType::ecdsa_p256));
  const X509ReqPtr request = parse_request(
      value_or_throw(certificate_request(*key, {{IdentifierType::dns, "pbx.example.com"}}, subject)));
  ASSERT_TRUE(request);
  EXPECT_EQ(X509_REQ_verify(request.get(), key.get()), 1);
  EXPECT_THAT(names_in(*request), ::testing::ElementsAre("pbx.example.com"));
  EXPECT_THAT(
      subject_in(*request),
      ::testing::ElementsAre(
          "printable 1.3.6.1.4.1.311.60.2.1.3=DE", "utf8 1.3.6.1.4.1.311.60.2.1.2=Nordrhein-Westfalen",
          "utf8 1.3.6.1.4.1.311.60.2.1.1=Köln", "utf8 2.5.4.15=Private Organization",
          "printable 2.5.4.5=HRB 12345", "printable 2.5.4.6=DE", "utf8 2.5.4.8=Nordrhein-Westfalen",
          "utf8 2.5.4.7=Köln", "utf8 2.5.4.10=Köln Telefonie GmbH", "utf8 2.5.4.97=NTRDE-HRB 12345"));
}

TEST(CertificateRequest, without_a_name_is_refused) {
  const PkeyPtr key = value_or_throw(generate_key(KeyType::ecdsa_p256));
  const auto request = certificate_request(*key, {});
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().code, "csr_failed");
}

TEST(OpensslReason, tells_the_cause_and_empties_the_queue) {
  EXPECT_EQ(openssl_reason(), "unknown error");
  const unsigned char rubbish[] = {1, 2, 3};
  const unsigned char* at = rubbish;
  EXPECT_EQ(d2i_X509(nullptr, &at, sizeof rubbish), nullptr);
  EXPECT_NE(openssl_reason(), "unknown error");
  EXPECT_EQ(openssl_reason(), "unknown error");
}

TEST(Escaped, keeps_printable_ascii_and_cuts_what_is_too_long) {
  EXPECT_EQ(escaped("CN=a b~"), "CN=a b~");
  EXPECT_EQ(escaped("a\\b\n\x7f"), "a\\x5cb\\x0a\\x7f");
  EXPECT_EQ(escaped("abcdef", 3), "abc...");
}

}  // namespace
}  // namespace certmgr::crypto
