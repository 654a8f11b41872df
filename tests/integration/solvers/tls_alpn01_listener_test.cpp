// SPDX-License-Identifier: MIT
#include "adapters/solvers/tls_alpn01_listener.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "alpn_client.h"
#include "lab/ports.h"

namespace certmgr::solvers {
namespace {

// SHA-256 of "token.thumb", from "printf token.thumb | openssl dgst -sha256".
constexpr const char* kDigest = "94275fb692425daa5a64790118865b72e6de296f11980d23486fda64dd35cdb5";

Proof proof_for(const Identifier& identifier, const std::string& key_authorization = "token.thumb") {
  return {.authorization_url = "https://ca.example/authz/1",
          .challenge_url = "https://ca.example/chall/1",
          .type = ChallengeType::tls_alpn_01,
          .identifier = identifier,
          .token = "token",
          .key_authorization = key_authorization};
}

const Identifier kName{IdentifierType::dns, "sip.example.com"};

/// The value of the extension as hex, with "critical:" before it.
std::string acme_identifier(const X509& certificate) {
  const auto* object = OBJ_txt2obj("1.3.6.1.5.5.7.1.31", 1);
  const int at = X509_get_ext_by_OBJ(&certificate, object, -1);
  ASN1_OBJECT_free(const_cast<ASN1_OBJECT*>(object));
  if (at < 0) return "none";
  X509_EXTENSION* extension = X509_get_ext(&certificate, at);
  const auto* value = X509_EXTENSION_get_data(extension);
  std::string text = X509_EXTENSION_get_critical(extension) == 1 ? "critical:" : "";
  for (int i = 0; i < ASN1_STRING_length(value); ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    const unsigned octet = ASN1_STRING_get0_data(value)[i];
    text += {digits.at(octet >> 4U), digits.at(octet & 15U)};
  }
  return text;
}

std::vector<std::string> alternative_names(const X509& certificate) {
  std::vector<std::string> names;
  auto* all =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
    int type = 0;
    const auto* value =
        static_cast<ASN1_STRING*>(GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all, i), &type));
    names.push_back((type == GEN_DNS     ? "DNS:"
                     : type == GEN_IPADD ? "IP:"
                                         : "other:") +
                    std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                                static_cast<std::size_t>(ASN1_STRING_length(value))));
  }
  GENERAL_NAMES_free(all);
  return names;
}

class TlsAlpn01ListenerTest : public testing::Test {
 protected:
  [[nodiscard]] ChallengeSettings here() const {
    return {
        .type = ChallengeType::tls_alpn_01, .webroot = {}, .listen = "127.0.0.1:" + std::to_string(port_)};
  }

  int port_ = lab::free_port();
  TlsAlpn01Listener solver_;
};

TEST_F(TlsAlpn01ListenerTest, ShowsTheDigestOfTheKeyAuthorizationForTheOneName) {
  ASSERT_TRUE(solver_.publish(proof_for(kName), here()));
  const auto shown = ask_alpn(port_, "SIP.example.com");
  ASSERT_TRUE(shown.certificate);
  EXPECT_EQ(shown.protocol, "acme-tls/1");
  EXPECT_EQ(alternative_names(*shown.certificate), std::vector<std::string>{"DNS:sip.example.com"});
  EXPECT_EQ(acme_identifier(*shown.certificate), std::string("critical:0420") + kDigest);
}

TEST_F(TlsAlpn01ListenerTest, AnAddressIsAskedForByItsReverseName) {
  ASSERT_TRUE(solver_.publish(proof_for({IdentifierType::ip, "192.0.2.7"}), here()));
  const auto shown = ask_alpn(port_, "7.2.0.192.in-addr.arpa");
  ASSERT_TRUE(shown.certificate);
  EXPECT_EQ(alternative_names(*shown.certificate),
            std::vector<std::string>{std::string("IP:\xc0\x00\x02\x07", 7)});
}

TEST_F(TlsAlpn01ListenerTest, AnswersNobodyElse) {
  ASSERT_TRUE(solver_.publish(proof_for(kName), here()));
  EXPECT_FALSE(ask_alpn(port_, "other.example.com").certificate) << "a name that is not pending";
  EXPECT_FALSE(ask_alpn(port_, "").certificate) << "no name";
  EXPECT_FALSE(ask_alpn(port_, "sip.example.com", "h2").certificate) << "another protocol";
  EXPECT_TRUE(ask_alpn(port_, "sip.example.com").certificate) << "the CA";
}

TEST_F(TlsAlpn01ListenerTest, ListensOnlyWhileANameIsPending) {
  EXPECT_FALSE(lab::port_accepts("127.0.0.1", port_));
  ASSERT_TRUE(solver_.publish(proof_for(kName), here()));
  ASSERT_TRUE(solver_.publish(proof_for({IdentifierType::dns, "b.example.com"}), here()));
  ASSERT_TRUE(solver_.withdraw(proof_for(kName), here(), ChallengeOutcome::accepted));
  EXPECT_FALSE(ask_alpn(port_, "sip.example.com").certificate);
  EXPECT_TRUE(ask_alpn(port_, "b.example.com").certificate);
  ASSERT_TRUE(solver_.withdraw(proof_for({IdentifierType::dns, "b.example.com"}), here(),
                               ChallengeOutcome::accepted));
  EXPECT_FALSE(lab::port_accepts("127.0.0.1", port_));
}

TEST_F(TlsAlpn01ListenerTest, BothCallsMayBeRepeated) {
  ASSERT_TRUE(solver_.withdraw(proof_for(kName), here(), ChallengeOutcome::accepted));
  ASSERT_TRUE(solver_.publish(proof_for(kName, "old"), here()));
  ASSERT_TRUE(solver_.publish(proof_for(kName), here()));
  const auto shown = ask_alpn(port_, "sip.example.com");
  ASSERT_TRUE(shown.certificate);
  EXPECT_EQ(acme_identifier(*shown.certificate), std::string("critical:0420") + kDigest);
}

TEST_F(TlsAlpn01ListenerTest, ClientsThatSayNothingDoNotStopTheCa) {
  ASSERT_TRUE(solver_.publish(proof_for(kName), here()));
  const auto silent = connect_to(port_);
  ASSERT_TRUE(silent);
  EXPECT_TRUE(ask_alpn(port_, "sip.example.com").certificate);
}

TEST_F(TlsAlpn01ListenerTest, SaysWhatToDoWhenThePortIsTaken) {
  TlsAlpn01Listener other;
  ASSERT_TRUE(other.publish(proof_for(kName), here()));
  const auto published = solver_.publish(proof_for(kName), here());
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().code, "port_in_use");
}

}  // namespace
}  // namespace certmgr::solvers
