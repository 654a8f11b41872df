// SPDX-License-Identifier: MIT
#include "crypto/keyless.h"

#include <gtest/gtest.h>

#include "crypto/certificate_chain.h"
#include "crypto/encoding.h"
#include "unit/crypto/certificate_maker.h"

namespace certmgr::crypto {
namespace {

X509Ptr decode(const std::string& der, OSSL_LIB_CTX* context) {
  const unsigned char* octets = as_bytes(der).data();
  return X509Ptr(reinterpret_cast<X509*>(ASN1_item_d2i_ex(nullptr, &octets, static_cast<long>(der.size()),
                                                          ASN1_ITEM_rptr(X509), context, nullptr)));
}

TEST(Keyless, reads_all_of_a_certificate_but_its_key) {
  const testing::Pair authority = testing::make_certificate({.subject_cn = "CA", .authority = true});
  const testing::Pair leaf = testing::make_certificate({}, &authority);
  ASSERT_NE(keyless_context(), nullptr);
  const X509Ptr keyless = decode(testing::der(leaf), keyless_context());
  ASSERT_TRUE(keyless);
  EXPECT_EQ(X509_get0_pubkey(keyless.get()), nullptr);
  EXPECT_EQ(fingerprint(*keyless), fingerprint(*leaf.certificate));
  EXPECT_EQ(X509_check_issued(authority.certificate.get(), keyless.get()), X509_V_OK);
  EXPECT_EQ(X509_verify(keyless.get(), authority.key.get()), 1);
  EXPECT_EQ(X509_verify(keyless.get(), leaf.key.get()), 0) << "signed by another";
}

TEST(Keyless, is_not_what_chains_are_parsed_with) {
  const testing::Pair leaf = testing::make_certificate({});
  const auto chain = value_or_throw(parse_chain(testing::pem(leaf)));
  ASSERT_EQ(chain.size(), 1U);
  ASSERT_NE(X509_get0_pubkey(chain[0].get()), nullptr);
  EXPECT_EQ(EVP_PKEY_eq(X509_get0_pubkey(chain[0].get()), leaf.key.get()), 1);
}

}  // namespace
}  // namespace certmgr::crypto
