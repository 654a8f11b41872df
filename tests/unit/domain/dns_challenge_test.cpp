// SPDX-License-Identifier: MIT
#include "certmgr/domain/dns_challenge.h"

#include <gtest/gtest.h>

namespace certmgr {
namespace {

const std::string kDigest(43, 'x');

TEST(Dns01, PutsTheDigestBelowTheName) {
  for (const char* identifier : {"example.org", "*.example.org"}) {
    const auto record = dns01_record(identifier, "tok-en_1", "tok-en_1.thumb", kDigest);
    ASSERT_TRUE(record) << record.error().message();
    EXPECT_EQ(record->name, "_acme-challenge.example.org");
    EXPECT_EQ(record->target, record->name);
    EXPECT_EQ(record->identifier, "example.org");
    EXPECT_EQ(record->value, kDigest);
    EXPECT_EQ(record->token, "tok-en_1");
    EXPECT_EQ(record->key_authorization, "tok-en_1.thumb");
  }
}

TEST(Dns01, RefusesWhatNoCaWouldSend) {
  struct Case {
    const char* identifier;
    std::string token;
    std::string key_authorization;
    std::string digest;
  };
  for (const Case& c : {Case{"a;b.test", "t", "t.h", kDigest}, Case{"", "t", "t.h", kDigest},
                        Case{"a.test", "", ".h", kDigest}, Case{"a.test", "t/..", "t/...h", kDigest},
                        Case{"a.test", std::string(257, 't'), std::string(257, 't') + ".h", kDigest},
                        Case{"a.test", "t", "u.h", kDigest}, Case{"a.test", "t", "t.", kDigest},
                        Case{"a.test", "t", "t.h\"", kDigest}, Case{"a.test", "t", "t.h", "short"},
                        Case{"a.test", "t", "t.h", kDigest + "="}}) {
    const auto record = dns01_record(c.identifier, c.token, c.key_authorization, c.digest);
    ASSERT_FALSE(record) << c.identifier << " " << c.token;
    EXPECT_EQ(record.error().kind, TroubleKind::permanent);
  }
}

// SHA-256 of "https://example.com/acme/acct/ExampleAccount", the vector of the draft.
constexpr std::array<std::uint8_t, 32> kAccount = {0xa2, 0x58, 0xc7, 0x54, 0xba,
                                                   0xab, 0x7b, 0xd9, 0x9b, 0x04};

TEST(DnsAccount01, HasALabelOfTheAccount) {
  EXPECT_EQ(account_label(kAccount), "_ujmmovf2vn55tgye");
  const auto record = dns_account01_record("*.example.org", "t", "t.h", kDigest, kAccount);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->name, "_ujmmovf2vn55tgye._acme-challenge.example.org");
  EXPECT_EQ(record->identifier, "example.org");
}

TEST(Delegation, MovesTheValueAndKeepsTheName) {
  const auto record = dns01_record("example.org", "t", "t.h", kDigest);
  const auto moved = delegated(*record, {{record->name, "hop.test", "end.test"}});
  EXPECT_EQ(moved.target, "end.test");
  EXPECT_EQ(moved.name, record->name);
  EXPECT_EQ(delegated(*record, {{record->name}}), *record);
}

}  // namespace
}  // namespace certmgr
