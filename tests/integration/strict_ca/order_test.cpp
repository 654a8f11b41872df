// SPDX-License-Identifier: MIT
// RFC 8555 section 7.4: from a new order to the certificate.
#include <gmock/gmock.h>
#include <openssl/pem.h>

#include "integration/strict_ca/acme_client.h"
#include "integration/strict_ca/csr_maker.h"
#include "lab/authority.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::lab {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class Orders : public ::testing::Test {
 protected:
  Orders() {
    EXPECT_EQ(client_.register_account().status, 201);
    ca_.change([](auto& behaviour) { behaviour.always_valid = true; });
  }
  [[nodiscard]] std::string ready(const std::vector<std::string>& names) const {
    const auto url = client_.order(names);
    client_.answer(url, names.front().starts_with("*.") ? "dns-01" : "http-01");
    return url;
  }

  StrictCa ca_;
  AcmeClient client_{ca_};
};

TEST_F(Orders, GoFromPendingToValid) {
  const auto url = client_.order({"pbx.example.com", "sip.example.com"});
  const auto placed = client_.read(url).body();
  EXPECT_EQ(placed["status"], "pending");
  EXPECT_EQ(placed["identifiers"], identifiers_of({"pbx.example.com", "sip.example.com"}));
  EXPECT_THAT(placed["authorizations"], SizeIs(2));
  EXPECT_EQ(client_.finalize(url, csr_for({"pbx.example.com", "sip.example.com"})).problem(),
            "orderNotReady");
  client_.answer(url, "http-01");
  EXPECT_EQ(client_.read(url).body()["status"], "ready");
  const auto finalized = client_.finalize(url, csr_for({"sip.example.com", "pbx.example.com"}));
  EXPECT_EQ(finalized.body()["status"], "processing") << finalized.text;
  const auto done = client_.read(url).body();
  EXPECT_EQ(done["status"], "valid");
  const auto chain = client_.read(done["certificate"]);
  EXPECT_EQ(chain.content_type, "application/pem-certificate-chain");
  EXPECT_THAT(split_chain(chain.text), SizeIs(2));
  EXPECT_THAT(names_in(chain.text), ElementsAre("pbx.example.com", "sip.example.com"));
  EXPECT_THAT(ca_.violations(), SizeIs(0));
}

TEST_F(Orders, OfferAlternateChains) {
  const auto url = ready({"pbx.example.com"});
  ASSERT_TRUE(client_.finalize(url, csr_for({"pbx.example.com"})).ok());
  const std::string where = client_.read(url).body()["certificate"];
  const auto first = client_.read(where);
  const auto links = first.headers.equal_range("Link");
  EXPECT_TRUE(std::any_of(links.first, links.second, [&](const auto& link) {
    return link.second == "<" + where + "/1>;rel=\"alternate\"";
  }));
  const auto second = client_.read(where + "/1");
  EXPECT_EQ(split_chain(first.text)[0], split_chain(second.text)[0]);
  EXPECT_NE(split_chain(first.text)[1], split_chain(second.text)[1]);
  auto letter = client_.letter(where, "");
  letter.accept = "application/pkix-cert";
  EXPECT_EQ(client_.send(letter).status, 406);
}

TEST_F(Orders, AreRefusedForWhatTheyAskFor) {
  const auto dns = [](const json& value) {
    return json{{"identifiers", {{{"type", "dns"}, {"value", value}}}}};
  };
  const auto ip = [](const json& value) {
    return json{{"identifiers", {{{"type", "ip"}, {"value", value}}}}};
  };
  const auto with = [&](const char* name, const json& value) {
    json payload = dns("pbx.example.com");
    payload[name] = value;
    return payload;
  };
  const struct {
    const char* what;
    json payload;
    const char* problem;
  } cases[] = {
      {"nothing", json::object(), "malformed"},
      {"an empty list", {{"identifiers", json::array()}}, "malformed"},
      {"an unknown type",
       {{"identifiers", {{{"type", "email"}, {"value", "a@b.de"}}}}},
       "unsupportedIdentifier"},
      {"no value", {{"identifiers", {{{"type", "dns"}}}}}, "malformed"},
      {"a number", dns(5), "malformed"},
      {"capital letters", dns("PBX.example.com"), "malformed"},
      {"a dot at the end", dns("pbx.example.com."), "malformed"},
      {"umlauts", dns("büro.example.com"), "malformed"},
      {"a star in the middle", dns("pbx.*.example.com"), "malformed"},
      {"two stars", dns("*.*.example.com"), "malformed"},
      {"one label", dns("localhost"), "malformed"},
      {"an underscore", dns("_sip.example.com"), "malformed"},
      {"a long label", dns(std::string(64, 'a') + ".example.com"), "malformed"},
      {"an address as a name", dns("192.0.2.1"), "malformed"},
      {"a name as an address", ip("pbx.example.com"), "malformed"},
      {"a long IPv6 address", ip("2001:db8:0:0:0:0:0:1"), "malformed"},
      {"capitals in IPv6", ip("2001:DB8::1"), "malformed"},
      {"zeros in IPv4", ip("192.0.2.001"), "malformed"},
      {"the same twice", {{"identifiers", identifiers_of({"a.example.com", "a.example.com"})}}, "malformed"},
      {"no time", with("notAfter", "tomorrow"), "malformed"},
      {"a time without a zone", with("notAfter", "2030-01-02T03:04:05"), "malformed"},
      {"a time with half a zone", with("notAfter", "2030-01-02T03:04:05+01"), "malformed"},
      {"a time with an empty fraction", with("notAfter", "2030-01-02T03:04:05.Z"), "malformed"},
      {"a short date", with("notAfter", "2030-1-2T03:04:05Z"), "malformed"},
      {"a profile that is not offered", with("profile", "classic"), "invalidProfile"},
      {"a profile that is no text", with("profile", 1), "malformed"},
      {"to replace what is not there", with("replaces", "AAAA.AAAA"), "malformed"},
  };
  for (const auto& one : cases)
    EXPECT_EQ(client_.post(client_.url_of("newOrder"), one.payload).problem(), one.problem) << one.what;
  for (const char* good : {"2030-01-02T03:04:05Z", "2030-01-02T03:04:05.25Z", "2030-01-02T04:04:05+01:00"}) {
    const auto placed = client_.post(client_.url_of("newOrder"), with("notAfter", good));
    EXPECT_EQ(placed.body().value("notAfter", ""), "2030-01-02T03:04:05Z") << placed.text;
  }
  const json backwards = {{"identifiers", identifiers_of({"a.example.com"})},
                          {"notBefore", "2030-01-02T00:00:00Z"},
                          {"notAfter", "2030-01-01T00:00:00Z"}};
  EXPECT_EQ(client_.post(client_.url_of("newOrder"), backwards).problem(), "malformed");
}

TEST_F(Orders, OfferTheChallengesThatSuit) {
  const auto types = [&](const std::string& name) {
    const auto url = client_.order({name});
    const auto authorization = client_.read(client_.read(url).body()["authorizations"][0]).body();
    std::vector<std::string> all;
    for (const auto& challenge : authorization["challenges"]) all.push_back(challenge["type"]);
    EXPECT_EQ(authorization.value("wildcard", false), name.starts_with("*."));
    return all;
  };
  EXPECT_THAT(types("pbx.example.com"),
              ElementsAre("http-01", "tls-alpn-01", "dns-01", "dns-account-01", "dns-persist-01"));
  EXPECT_THAT(types("*.example.com"), ElementsAre("dns-01", "dns-account-01", "dns-persist-01"));
  EXPECT_THAT(types("192.0.2.1"), ElementsAre("http-01", "tls-alpn-01"));
  EXPECT_THAT(types("2001:db8::1"), ElementsAre("http-01", "tls-alpn-01"));
}

TEST_F(Orders, AreNobodyElses) {
  AcmeClient stranger(ca_);
  ASSERT_EQ(stranger.register_account().status, 201);
  const auto url = ready({"pbx.example.com"});
  const auto order = client_.read(url).body();
  const std::string authorization = order["authorizations"][0];
  const std::string challenge = client_.read(authorization).body()["challenges"][0]["url"];
  ASSERT_TRUE(client_.finalize(url, csr_for({"pbx.example.com"})).ok());
  const std::string certificate = client_.read(url).body()["certificate"];
  for (const auto& theirs : {url, authorization, challenge, certificate})
    EXPECT_EQ(stranger.read(theirs).problem(), "unauthorized") << theirs;
  EXPECT_EQ(stranger.finalize(url, csr_for({"pbx.example.com"})).problem(), "unauthorized");
}

TEST_F(Orders, AreReadWithoutAPayload) {
  const auto url = ready({"pbx.example.com"});
  const auto order = client_.read(url).body();
  const std::string authorization = order["authorizations"][0];
  const std::string challenge = client_.read(authorization).body()["challenges"][0]["url"];
  EXPECT_EQ(client_.post(url, json::object()).problem(), "malformed");
  EXPECT_EQ(client_.post(authorization, json::object()).problem(), "malformed");
  EXPECT_EQ(client_.post(challenge, {{"keyAuthorization", "x"}}).problem(), "malformed");
  EXPECT_EQ(client_.get(url).status, 405);
}

TEST_F(Orders, EndWithADeactivatedAuthorization) {
  const auto url = client_.order({"pbx.example.com"});
  const std::string authorization = client_.read(url).body()["authorizations"][0];
  EXPECT_EQ(client_.post(authorization, {{"status", "deactivated"}}).body()["status"], "deactivated");
  EXPECT_EQ(client_.read(url).body()["status"], "invalid");
}

TEST_F(Orders, AcceptGoodRequestsOnly) {
  const std::vector<std::string> names = {"pbx.example.com", "192.0.2.1"};
  const PkeyPtr weak(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}));
  const PkeyPtr odd(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-521"));
  const PkeyPtr edwards(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const struct {
    const char* what;
    std::string csr;
  } cases[] = {
      {"no request", "csr"},
      {"something behind it", csr_for(names) + "x"},
      {"a broken signature", make_csr({.names = names, .broken_signature = true})},
      {"a name missing", csr_for({"pbx.example.com"})},
      {"another name", csr_for({"pbx.example.com", "192.0.2.2"})},
      {"a name more", csr_for({"pbx.example.com", "192.0.2.1", "sip.example.com"})},
      {"a mail address", make_csr({.names = names, .more_names = "email:a@example.com"})},
      {"the address as a name", make_csr({.names = {"pbx.example.com"}, .more_names = "DNS:192.0.2.1"})},
      {"a name twice", csr_for({"pbx.example.com", "pbx.example.com", "192.0.2.1"})},
      {"another common name", make_csr({.names = names, .common_name = "sip.example.com"})},
      {"an address as common name", make_csr({.names = names, .common_name = "192.0.2.1"})},
      {"no names but the common name", make_csr({.common_name = "pbx.example.com"})},
      {"the account's key", make_csr({.names = names, .key = client_.key().handle()})},
      {"a weak key", make_csr({.names = names, .key = weak.get()})},
      {"an odd curve", make_csr({.names = names, .key = odd.get()})},
      {"an Edwards key", make_csr({.names = names, .key = edwards.get()})},
      {"must-staple", make_csr({.names = names, .must_staple = true})},
  };
  const auto url = ready(names);
  for (const auto& one : cases) {
    const auto answer = client_.finalize(url, one.csr);
    EXPECT_EQ(answer.problem(), "badCSR") << one.what << answer.text;
    EXPECT_EQ(answer.status, 400);
  }
  EXPECT_EQ(client_.post(url + "/finalize", {{"csr", "a+b="}}).problem(), "malformed");
  EXPECT_TRUE(client_.finalize(url, make_csr({.names = names, .common_name = "pbx.example.com"})).ok());
}

TEST_F(Orders, BringWhatCertificatesMustHave) {
  const auto chain = client_.issue({"pbx.example.com"});
  const BioPtr memory(BIO_new_mem_buf(chain.data(), static_cast<int>(chain.size())));
  const X509Ptr leaf(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  const BioPtr text(BIO_new(BIO_s_mem()));
  X509_print(text.get(), leaf.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  const std::string shown(data, static_cast<std::size_t>(size));
  EXPECT_THAT(shown, HasSubstr("URI:" + ca_.crl_url()));
  EXPECT_THAT(shown, HasSubstr("CA Issuers - URI:http://127.0.0.1:"));
  EXPECT_THAT(shown, HasSubstr("Policy: 2.23.140.1.2.1"));
  EXPECT_THAT(shown, HasSubstr("TLS Web Server Authentication"));
  EXPECT_THAT(shown, HasSubstr("CA:FALSE"));
}

}  // namespace
}  // namespace certmgr::lab
