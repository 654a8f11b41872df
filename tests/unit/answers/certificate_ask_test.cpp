// SPDX-License-Identifier: MIT
#include "answers/certificate_ask.h"

#include <gmock/gmock.h>

namespace certmgr::answers {
namespace {

using testing::HasSubstr;

CertificateAsk full() {
  CertificateAsk ask;
  ask.names = {"pbx.example.com", "sip.example.com"};
  ask.label = "pbx";
  ask.ca = "vetted";
  ask.level = "ov";
  ask.organization = "acme";
  ask.key_type = "rsa-2048";
  ask.profile = "organization";
  ask.preferred_chain = "";
  ask.not_before = "2h";
  ask.not_after = "90d";
  ask.reuse_key = false;
  return ask;
}

TEST(CertificateAsk, ComesOutAsItWentIn) {
  EXPECT_EQ(certificate_ask_of(body_of(full()).dump()), full()) << "also what takes something away";
  EXPECT_EQ(certificate_ask_of(""), CertificateAsk());
  EXPECT_EQ(body_of(CertificateAsk()).dump(), "{}");
}

TEST(CertificateAsk, OfAnotherShapeIsRefused) {
  const struct {
    const char* body;
    const char* why;
  } table[] = {
      {"[]", "no JSON object"},
      {"{", "no JSON object"},
      {R"({"names": "pbx.example.com"})", "'names' is no list of strings"},
      {R"({"names": ["a", 1]})", "'names' is no list of strings"},
      {R"({"names": ["a"], "names": ["b"]})", "a key is there twice"},
      {R"({"label": 1})", "'label' is no string"},
      {R"({"ca": ""})", "'ca' is empty"},
      {R"({"reuse_key": "yes"})", "'reuse_key' is neither true nor false"},
      {R"({"profile": 7})", "'profile' is no string"},
      {R"({"webroot": "/etc"})", "'webroot' is no key there is"},
      {R"({"servers": ["files"]})", "'servers' is no key there is"},
      {R"({"profile": "a", "preferred_profile": "b"})", "exclude each other"},
      {R"({"preferred_chain": "X\n  state       issued"})", "control characters"},
      {R"({"profile": "\u001b[2J"})", "control characters"},
  };
  for (const auto& row : table) {
    const auto ask = certificate_ask_of(row.body);
    ASSERT_FALSE(ask) << row.body;
    EXPECT_EQ(ask.error().code, "bad_body");
    EXPECT_THAT(ask.error().why, HasSubstr(row.why)) << row.body;
  }
}

TEST(CertificateAsk, IsBounded) {
  CertificateAsk ask = full();
  ask.names.assign(100, "a.example");
  ask.profile = std::string(1000, 'p');
  EXPECT_TRUE(certificate_ask_of(body_of(ask).dump()));
  ask.names.emplace_back("b.example");
  EXPECT_THAT(certificate_ask_of(body_of(ask).dump()).error().why, HasSubstr("more than 100 entries"));
  ask = full();
  ask.organization = std::string(1001, 'o');
  EXPECT_THAT(certificate_ask_of(body_of(ask).dump()).error().why, HasSubstr("more than 1000 octets"));
}

TEST(CertificateAsk, IsUnderstood) {
  const auto request = request_of(full());
  EXPECT_EQ(request.names, full().names);
  EXPECT_EQ(request.label, "pbx");
  EXPECT_EQ(request.key_type, KeyType::rsa_2048);
  EXPECT_EQ(request.profile, (ProfileChoice{"organization", true}));
  EXPECT_EQ(request.preferred_chain, "") << "said, and so taken away";
  EXPECT_TRUE(request.not_before && *request.not_before);
  EXPECT_EQ(request.reuse_key, false);
  const auto bare = request_of({.names = {"a.example"}});
  EXPECT_FALSE(bare.label || bare.ca || bare.level || bare.organization || bare.key_type || bare.profile ||
               bare.preferred_chain || bare.not_before || bare.not_after || bare.reuse_key)
      << "what is not said stays as it is";
  EXPECT_EQ(request_of({.preferred_profile = "x"}).profile, (ProfileChoice{"x", false}));
  EXPECT_THROW(request_of({.not_after = "soon"}), Failure);
}

TEST(CertificateAsk, KeyTypesAreOneOrOneOfEach) {
  EXPECT_TRUE(key_types_of("").empty());
  EXPECT_EQ(key_types_of("ecdsa-p384"), std::vector{KeyType::ecdsa_p384});
  EXPECT_EQ(key_types_of("rsa-2048,ecdsa-p256"), (std::vector{KeyType::rsa_2048, KeyType::ecdsa_p256}));
  for (const char* bad :
       {"dsa", "rsa-2048,", ",rsa-2048", "rsa-2048,rsa-3072", "rsa-2048,ecdsa-p256,rsa-2048"})
    EXPECT_THROW(key_types_of(bad), Failure) << bad;
}

}  // namespace
}  // namespace certmgr::answers
