// SPDX-License-Identifier: MIT
#include "crypto/leaf_identity.h"

#include <gmock/gmock.h>
#include <openssl/asn1.h>

#include "crypto/certificate_chain.h"
#include "unit/crypto/certificate_maker.h"

namespace certmgr::crypto {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::make_certificate;
using testing::Pair;
using testing::pem;
using testing::RawAttribute;
using testing::Wanted;
using namespace std::string_literals;

constexpr const char* kOrganization = "2.5.4.10";

LeafIdentity identity_of(const Wanted& wanted) {
  return value_or_throw(read_identity(*make_certificate(wanted).certificate));
}

std::string organization(int type, const std::string& octets) {
  const auto identity = identity_of({.subject = {{kOrganization, type, octets}}});
  return identity.subject.size() == 1 ? identity.subject.front().value : "not one attribute";
}

TEST(LeafIdentity, tells_the_whole_subject_in_its_order) {
  const auto identity = identity_of({.subject = {{"1.3.6.1.4.1.311.60.2.1.3", V_ASN1_PRINTABLESTRING, "DE"},
                                                 {"2.5.4.5", V_ASN1_PRINTABLESTRING, "HRB 12345"},
                                                 {kOrganization, V_ASN1_UTF8STRING, "Köln Telefonie GmbH"},
                                                 {"1.2.3.4.5.6", V_ASN1_IA5STRING, "what nobody knows"},
                                                 {kOrganization, V_ASN1_UTF8STRING, "once more"}}});
  std::vector<std::string> told;
  for (const auto& attribute : identity.subject) told.push_back(attribute.oid + "=" + attribute.value);
  EXPECT_THAT(told,
              ElementsAre("1.3.6.1.4.1.311.60.2.1.3=DE", "2.5.4.5=HRB 12345", "2.5.4.10=Köln Telefonie GmbH",
                          "1.2.3.4.5.6=what nobody knows", "2.5.4.10=once more"));
}

struct TextCase {
  const char* name;
  int type;
  std::string octets;
};

class Texts : public ::testing::TestWithParam<TextCase> {};

TEST_P(Texts, come_as_the_same_utf8_whatever_their_type) {
  EXPECT_EQ(organization(GetParam().type, GetParam().octets), "Kölner Büro");
}

INSTANTIATE_TEST_SUITE_P(
    LeafIdentity, Texts,
    ::testing::Values(TextCase{"utf8", V_ASN1_UTF8STRING, "Kölner Büro"},
                      TextCase{"utf8_decomposed", V_ASN1_UTF8STRING, "Ko\u0308lner Bu\u0308ro"},
                      TextCase{"teletex", V_ASN1_T61STRING, "K\xf6lner B\xfcro"},
                      TextCase{"bmp", V_ASN1_BMPSTRING, "\0K\0\xf6\0l\0n\0e\0r\0 \0B\0\xfc\0r\0o"s},
                      TextCase{"bmp_decomposed", V_ASN1_BMPSTRING,
                               "\0K\0o\x03\x08\0l\0n\0e\0r\0 \0B\0u\x03\x08\0r\0o"s}),
    [](const auto& each) { return std::string(each.param.name); });

/// The certificate with other octets and another type for its organization, which OpenSSL would not write.
X509Ptr forged(int type, const std::string& octets) {
  const std::string placed(octets.size(), 'Q');
  std::string der = testing::der(make_certificate({.subject = {{kOrganization, V_ASN1_UTF8STRING, placed}}}));
  // Tag and length stand before the octets; the name is there as issuer, too.
  const std::size_t before = octets.size() < 0x80 ? 2 : 4;
  for (auto at = der.find(placed); at != std::string::npos; at = der.find(placed, at + placed.size())) {
    der.replace(at, octets.size(), octets);
    der[at - before] = static_cast<char>(type);
  }
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  X509Ptr certificate(d2i_X509(nullptr, &begin, static_cast<long>(der.size())));
  if (!certificate) openssl_reason();
  return certificate;
}

struct BadText {
  const char* name;
  int type;
  std::string octets;
  std::string shown;  // empty: OpenSSL does not take the certificate at all
};

class BadTexts : public ::testing::TestWithParam<BadText> {};

TEST_P(BadTexts, are_harmless_and_nobodys_name) {
  const X509Ptr certificate = forged(GetParam().type, GetParam().octets);
  ASSERT_EQ(certificate == nullptr, GetParam().shown.empty());
  if (!certificate) return;
  const auto identity = value_or_throw(read_identity(*certificate));
  ASSERT_EQ(identity.subject.size(), 1U);
  EXPECT_EQ(identity.subject.front().value, "\ufffd" + GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    LeafIdentity, BadTexts,
    ::testing::Values(BadText{"nul", V_ASN1_UTF8STRING, "Acme GmbH\0 of evil"s, "Acme GmbH\\x00 of evil"},
                      BadText{"nul_in_printable", V_ASN1_PRINTABLESTRING, "Acme\0"s, "Acme\\x00"},
                      BadText{"cut_utf8", V_ASN1_UTF8STRING, "K\xc3", ""},
                      BadText{"latin1_called_utf8", V_ASN1_UTF8STRING, "K\xf6ln", ""},
                      BadText{"overlong", V_ASN1_UTF8STRING, "\xc0\xaf", ""},
                      BadText{"odd_bmp", V_ASN1_BMPSTRING, "\0K\0"s, ""},
                      BadText{"surrogate", V_ASN1_BMPSTRING, "\xd8\x00"s, ""},
                      BadText{"escape", V_ASN1_UTF8STRING, "\x1b[31mAcme", "\\x1b[31mAcme"},
                      BadText{"direction", V_ASN1_UTF8STRING, "\u202eHbmG", "\\xe2\\x80\\xaeHbmG"},
                      BadText{"octets", V_ASN1_OCTET_STRING, "Acme", ""},
                      BadText{"numeric", V_ASN1_NUMERICSTRING, "12\x07", "12\\x07"},
                      BadText{"bits", V_ASN1_BIT_STRING, "\0Acme"s, "Acme"},
                      BadText{"endless", V_ASN1_UTF8STRING, std::string(5000, 'a'),
                              std::string(512, 'a') + "..."}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(LeafIdentity, a_text_that_spells_an_escape_is_not_taken_for_a_bad_one) {
  EXPECT_NE(organization(V_ASN1_UTF8STRING, R"(Acme\x00)"), organization(V_ASN1_UTF8STRING, "Acme\0"s));
}

TEST(LeafIdentity, names_all_policies) {
  EXPECT_THAT(identity_of({.policies = {"2.23.140.1.2.2", "1.3.6.1.4.1.99999.1"}}).policies,
              ElementsAre("2.23.140.1.2.2", "1.3.6.1.4.1.99999.1"));
  EXPECT_THAT(identity_of({}).policies, IsEmpty());
}

TEST(LeafIdentity, no_usage_and_any_usage_let_it_be_a_server) {
  EXPECT_TRUE(identity_of({}).server_auth);
  EXPECT_TRUE(identity_of({.extended_key_usage = "clientAuth,serverAuth"}).server_auth);
  EXPECT_TRUE(identity_of({.extended_key_usage = "anyExtendedKeyUsage"}).server_auth);
  EXPECT_FALSE(identity_of({.extended_key_usage = "clientAuth"}).server_auth);
  EXPECT_FALSE(identity_of({.extended_key_usage = "critical,1.2.3.4"}).server_auth);
}

TEST(LeafIdentity, that_no_certificate_has_is_malformed) {
  const std::vector<RawAttribute> many(65, {kOrganization, V_ASN1_UTF8STRING, "Acme"});
  const auto read = read_identity(*make_certificate({.subject = many}).certificate);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, "chain_malformed");
  const std::vector<std::string> policies(65, "2.23.140.1.2.2");
  EXPECT_FALSE(read_identity(*make_certificate({.policies = policies}).certificate));
}

TEST(ReadChain, tells_the_identity_of_the_leaf_and_of_nobody_else) {
  const Pair root = make_certificate({.authority = true,
                                      .subject = {{kOrganization, V_ASN1_UTF8STRING, "The CA"}},
                                      .policies = {"2.5.29.32.0"},
                                      .extended_key_usage = "clientAuth"});
  const Pair leaf = make_certificate({.subject = {{kOrganization, V_ASN1_UTF8STRING, "Acme"}},
                                      .policies = {"2.23.140.1.2.2"},
                                      .extended_key_usage = "serverAuth"},
                                     &root);
  // Twice: the issuer is remembered the first time.
  for (int i = 0; i < 2; ++i) {
    const auto facts = value_or_throw(read_chain(pem(leaf) + pem(root)));
    ASSERT_EQ(facts.subject.size(), 1U);
    EXPECT_EQ(facts.subject.front().value, "Acme");
    EXPECT_THAT(facts.policies, ElementsAre("2.23.140.1.2.2"));
    EXPECT_TRUE(facts.server_auth);
  }
}

}  // namespace
}  // namespace certmgr::crypto
