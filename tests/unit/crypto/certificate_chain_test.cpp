// SPDX-License-Identifier: MIT
#include "crypto/certificate_chain.h"

#include <gmock/gmock.h>

#include <random>

#include "crypto/encoding.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "unit/crypto/certificate_maker.h"

namespace certmgr::crypto {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make_certificate;
using testing::Pair;
using testing::pem;
using testing::pem_block;

struct Hierarchy {
  Pair root = make_certificate({.subject_cn = "Test Root", .authority = true});
  Pair intermediate = make_certificate({.subject_cn = "Test Intermediate", .authority = true}, &root);
  Pair leaf = make_certificate(
      {.subject_cn = "", .alt_names = "DNS:PBX.Example.com,DNS:*.example.com,DNS:a.example.com"},
      &intermediate);
};

Trouble trouble_of(std::string_view text) {
  const auto facts = read_chain(text);
  EXPECT_FALSE(facts);
  return facts ? Trouble{} : facts.error();
}

Instant at(const char* text) { return parse_rfc3339(text).value(); }

TEST(ReadChain, tells_what_the_leaf_says) {
  const Hierarchy h;
  const auto facts = value_or_throw(read_chain(pem(h.leaf) + pem(h.intermediate)));
  EXPECT_THAT(join(facts.identifiers), Eq("*.example.com, a.example.com, pbx.example.com"));
  EXPECT_THAT(facts.other_sans, IsEmpty());
  EXPECT_EQ(facts.serial, "1234");
  EXPECT_EQ(facts.issuer, "Test Intermediate");
  EXPECT_EQ(facts.not_before, at("2026-01-02T03:04:05Z"));
  EXPECT_EQ(facts.not_after, at("2026-04-02T03:04:05Z"));
  EXPECT_EQ(facts.spki_sha256, value_or_throw(spki_sha256(*h.leaf.key)));
  EXPECT_EQ(facts.fingerprint, hex(sha256(as_bytes(testing::der(h.leaf)))));
  EXPECT_EQ(facts.broken_link, std::nullopt);
}

TEST(ReadChain, writes_certificates_anew_and_drops_text_between_them) {
  const Hierarchy h;
  const auto facts = value_or_throw(
      read_chain("subject=leaf\r\n" + pem(h.leaf) + "\n# chain \x1b[31m\n" + pem(h.intermediate) + "end"));
  EXPECT_EQ(facts.chain_pem, pem(h.leaf) + pem(h.intermediate));
}

TEST(ReadChain, names_the_place_where_the_chain_breaks) {
  const Hierarchy h;
  const auto facts = value_or_throw(read_chain(pem(h.leaf) + pem(h.root)));
  ASSERT_TRUE(facts.broken_link);
  EXPECT_THAT(*facts.broken_link, HasSubstr("certificate 1 (pbx.example.com)"));
  EXPECT_THAT(*facts.broken_link, HasSubstr("certificate 2 (CN=Test Root)"));
}

TEST(ReadChain, notices_an_issuer_of_the_same_name_with_another_key) {
  const Hierarchy h;
  const Pair impostor = make_certificate({.subject_cn = "Test Intermediate", .authority = true}, &h.root);
  const auto facts = value_or_throw(read_chain(pem(h.leaf) + pem(impostor)));
  ASSERT_TRUE(facts.broken_link);
  EXPECT_THAT(*facts.broken_link, HasSubstr("signature"));
}

TEST(ReadChain, looks_at_every_link) {
  const Hierarchy h;
  const Pair stranger = make_certificate({.subject_cn = "Stranger", .authority = true});
  const auto facts = value_or_throw(read_chain(pem(h.leaf) + pem(h.intermediate) + pem(stranger)));
  ASSERT_TRUE(facts.broken_link);
  EXPECT_THAT(*facts.broken_link, HasSubstr("certificate 2 (CN=Test Intermediate)"));
}

TEST(ReadChain, takes_names_and_addresses_and_prints_what_is_neither) {
  const Pair leaf = make_certificate({.alt_names = "DNS:a.example.com,IP:192.0.2.7,email:a@example.com"});
  const auto facts = value_or_throw(read_chain(pem(leaf)));
  EXPECT_THAT(facts.identifiers, ElementsAre(Identifier{IdentifierType::dns, "a.example.com"},
                                             Identifier{IdentifierType::ip, "192.0.2.7"}));
  EXPECT_THAT(facts.other_sans, ElementsAre("email:a@example.com"));
}

TEST(ReadChain, never_takes_hostile_octets_for_a_name) {
  const Pair leaf = make_certificate(
      {.raw_dns = {std::string("good.example\0.evil", 18), "a\x1b[2Jb", "B.EXAMPLE", "spaced name", ""}});
  const auto facts = value_or_throw(read_chain(pem(leaf)));
  EXPECT_THAT(join(facts.identifiers), Eq("b.example"));
  EXPECT_THAT(facts.other_sans,
              ElementsAre("DNS:good.example\\x00.evil", "DNS:a\\x1b[2Jb", "DNS:spaced name", "DNS:"));
}

TEST(ReadChain, takes_a_leaf_without_alternative_names) {
  const auto facts = value_or_throw(read_chain(pem(make_certificate({.alt_names = ""}))));
  EXPECT_THAT(facts.identifiers, IsEmpty());
}

TEST(ReadChain, refuses_a_private_key_wherever_it_stands) {
  const Hierarchy h;
  const std::string key = testing::key_pem(h.leaf);
  for (const std::string& text : {key + pem(h.leaf), pem(h.leaf) + key, key}) {
    const Trouble trouble = trouble_of(text);
    EXPECT_EQ(trouble.code, "chain_malformed");
    EXPECT_THAT(trouble.why, HasSubstr("PRIVATE KEY"));
    EXPECT_THAT(trouble.message(), ::testing::Not(HasSubstr(key.substr(40, 20))));
  }
}

TEST(ReadChain, refuses_other_kinds_of_blocks) {
  const Hierarchy h;
  for (const char* name : {"X509 CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CRL", "PKCS7", "evil\x1b[31m"}) {
    EXPECT_EQ(trouble_of(pem(h.leaf) + pem_block(name, testing::der(h.leaf))).code, "chain_malformed")
        << name;
  }
}

TEST(ReadChain, refuses_octets_behind_the_certificate_in_its_block) {
  const std::string octets = testing::der(make_certificate({})) + "rubbish";
  EXPECT_THAT(trouble_of(pem_block("CERTIFICATE", octets)).why, HasSubstr("belong to nothing"));
}

TEST(ReadChain, refuses_nothing_and_damage) {
  const std::string good = pem(make_certificate({}));
  EXPECT_THAT(trouble_of("").why, HasSubstr("no certificate"));
  EXPECT_THAT(trouble_of("<html>busy</html>").why, HasSubstr("no certificate"));
  EXPECT_THAT(trouble_of(pem_block("CERTIFICATE", "no certificate")).why,
              HasSubstr("certificate 1 cannot be decoded"));
  EXPECT_FALSE(read_chain(good.substr(0, good.size() / 2)));
  EXPECT_FALSE(read_chain(good + good.substr(0, good.size() / 2)));
  EXPECT_FALSE(read_chain("-----BEGIN CERTIFICATE-----\n"));
  EXPECT_FALSE(read_chain("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"));
}

TEST(ReadChain, bounds_length_and_number) {
  const std::string one = pem(make_certificate({}));
  std::string many;
  for (int i = 0; i < 11; ++i) many += one;
  EXPECT_THAT(trouble_of(many).why, HasSubstr("more than 10"));
  EXPECT_THAT(trouble_of(std::string(std::size_t{300} * 1024, '\n') + one).why, HasSubstr("256 KiB"));
}

TEST(ReadChain, survives_every_damaged_octet) {
  const Hierarchy h;
  const std::string good = testing::der(h.leaf);
  std::minstd_rand random(7);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(random());
    // Read or refused, with or without a broken link: but never a crash.
    static_cast<void>(read_chain(pem_block("CERTIFICATE", bad) + pem(h.intermediate)));
  }
}

TEST(DisplayName, escapes_what_a_terminal_would_obey) {
  const Pair odd = make_certificate({.subject_cn = "a\x1b[2J\xc3\xa4", .alt_names = ""});
  EXPECT_THAT(display_name(*odd.certificate), Eq("CN=a\\1B[2J\\C3\\A4"));
  EXPECT_THAT(issuer_name(*odd.certificate), Eq("a\\x1b[2J\\xc3\\xa4"));
}

TEST(DisplayName, has_a_word_for_a_certificate_without_any_name) {
  const Pair nameless = make_certificate({.subject_cn = "", .alt_names = ""});
  EXPECT_EQ(display_name(*nameless.certificate), "no name");
  EXPECT_EQ(issuer_name(*nameless.certificate), "no name");
}

}  // namespace
}  // namespace certmgr::crypto
