// SPDX-License-Identifier: MIT
#include "crypto/certificate_id.h"

#include <gtest/gtest.h>

#include "certificate_maker.h"
#include "crypto/certificate_chain.h"
#include "crypto/chain_top.h"

namespace certmgr::crypto {
namespace {

using testing::make_certificate;
using testing::Pair;
using testing::pem;

/// With the key identifier of the example in RFC 9773 section 4.1.
std::string with_key_id(long serial) {
  Pair made = make_certificate({.serial = serial});
  const unsigned char octets[] = {0x69, 0x88, 0x5b, 0x6b, 0x87, 0x46, 0x40, 0x41, 0xe1, 0xb3,
                                  0x7b, 0x84, 0x7b, 0xa0, 0xae, 0x2c, 0xde, 0x01, 0xc8, 0xd4};
  AUTHORITY_KEYID* id = AUTHORITY_KEYID_new();
  id->keyid = ASN1_OCTET_STRING_new();
  ASN1_OCTET_STRING_set(id->keyid, octets, sizeof(octets));
  EXPECT_EQ(
      X509_add1_ext_i2d(made.certificate.get(), NID_authority_key_identifier, id, 0, X509V3_ADD_DEFAULT), 1);
  AUTHORITY_KEYID_free(id);
  EXPECT_GT(X509_sign(made.certificate.get(), made.key.get(), EVP_sha256()), 0);
  return pem(made);
}

TEST(CertificateId, IsTheOneOfTheExampleInTheRfc) {
  EXPECT_EQ(certificate_id(with_key_id(0x87654321)).value(), "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
}

TEST(CertificateId, HasNoZeroOctetBeforeANumberWhoseFirstBitIsClear) {
  EXPECT_EQ(certificate_id(with_key_id(0x7f)).value(), "aYhba4dGQEHhs3uEe6CuLN4ByNQ.fw");
}

TEST(CertificateId, IsEmptyWithoutAKeyIdentifier) {
  EXPECT_EQ(certificate_id(pem(make_certificate({}))).value(), "");
  EXPECT_FALSE(certificate_id("no certificate"));
}

TEST(ChainTop, IsTheIssuerOfTheLastCertificate) {
  const Pair root = make_certificate({.subject_cn = "Root", .authority = true});
  const Pair issuer = make_certificate({.subject_cn = "Issuing", .authority = true}, &root);
  const Pair leaf = make_certificate({}, &issuer);
  const auto top = chain_top(pem(leaf) + pem(issuer)).value();
  EXPECT_EQ(top.name, "Root");
  EXPECT_EQ(top.fingerprint, fingerprint(*issuer.certificate));
  EXPECT_TRUE(is_top(top, "Root"));
  EXPECT_FALSE(is_top(top, "root"));
  EXPECT_FALSE(is_top(top, "Issuing"));
  EXPECT_TRUE(is_top(top, fingerprint(*issuer.certificate)));
  EXPECT_FALSE(is_top(top, fingerprint(*root.certificate))) << "not a root this system trusts";

  const auto with_root = chain_top(pem(leaf) + pem(issuer) + pem(root)).value();
  EXPECT_EQ(with_root.name, "Root");
  EXPECT_TRUE(is_top(with_root, fingerprint(*root.certificate)));
  const auto alone = chain_top(pem(leaf)).value();
  EXPECT_EQ(alone.name, "Issuing");
  EXPECT_FALSE(is_top(alone, fingerprint(*leaf.certificate))) << "a leaf is no root";
  EXPECT_FALSE(is_top(alone, ""));
}

TEST(ChainTop, ReadsFingerprintsAsPeopleWriteThem) {
  ChainTop top{"Root", {}, "ab" + std::string(60, '0') + "cd"};
  std::string colons;
  for (std::size_t i = 0; i < top.root_fingerprint.size(); i += 2)
    colons += (i == 0 ? "" : ":") + top.root_fingerprint.substr(i, 2);
  EXPECT_TRUE(is_top(top, top.root_fingerprint));
  EXPECT_TRUE(is_top(top, colons));
  colons.replace(0, 2, "AB");
  EXPECT_TRUE(is_top(top, colons));
}

}  // namespace
}  // namespace certmgr::crypto
