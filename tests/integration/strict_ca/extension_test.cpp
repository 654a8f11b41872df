// SPDX-License-Identifier: MIT
// What later documents added: renewal information, profiles, authorization in advance, revocation.
#include <gmock/gmock.h>
#include <httplib.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "integration/strict_ca/acme_client.h"
#include "integration/strict_ca/csr_maker.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::lab {
namespace {

using namespace testing;

X509Ptr first_in(const std::string& pem) {
  const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return X509Ptr(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
}

std::string der_of(X509& certificate) {
  std::string der(static_cast<std::size_t>(i2d_X509(&certificate, nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509(&certificate, &out);
  return der;
}

/// RFC 9773 section 4.1, built from the number itself: a first octet of zero before a set first bit.
std::string renewal_id(const std::string& pem) {
  const auto leaf = first_in(pem);
  const ASN1_OCTET_STRING* issuer = X509_get0_authority_key_id(leaf.get());
  const std::string key_id(reinterpret_cast<const char*>(ASN1_STRING_get0_data(issuer)),
                           static_cast<std::size_t>(ASN1_STRING_length(issuer)));
  const ASN1_INTEGER* number = X509_get0_serialNumber(leaf.get());
  std::string serial(reinterpret_cast<const char*>(ASN1_STRING_get0_data(number)),
                     static_cast<std::size_t>(ASN1_STRING_length(number)));
  if ((static_cast<unsigned char>(serial[0]) & 0x80U) != 0) serial.insert(0, 1, '\0');
  return encode(key_id) + "." + encode(serial);
}

class Extensions : public ::testing::Test {
 protected:
  static strict::StrictCaOptions options() {
    strict::StrictCaOptions options;
    options.profiles["classic"] = {.description = "90 days"};
    options.profiles["short"] = {.description = "six days", .validity = std::chrono::hours(144)};
    options.new_authz = true;
    return options;
  }
  Extensions() {
    EXPECT_EQ(client_.register_account().status, 201);
    ca_.change([](auto& behaviour) { behaviour.always_valid = true; });
  }
  [[nodiscard]] Answer renewal_info(const std::string& pem) const {
    return client_.get(client_.url_of("renewalInfo") + "/" + renewal_id(pem));
  }
  [[nodiscard]] Answer replace(const AcmeClient& client, const std::string& name,
                               const std::string& pem) const {
    return client.post(client.url_of("newOrder"),
                       {{"identifiers", identifiers_of({name})}, {"replaces", renewal_id(pem)}});
  }
  [[nodiscard]] Answer revoke(const AcmeClient& client, const std::string& pem, int reason = 0) const {
    return client.post(client.url_of("revokeCert"),
                       {{"certificate", encode(der_of(*first_in(pem)))}, {"reason", reason}});
  }

  StrictCa ca_{options()};
  AcmeClient client_{ca_};
};

TEST_F(Extensions, SuggestWhenToRenew) {
  // Both kinds of serial numbers: with the first bit set and without.
  for (int i = 0; i < 6; ++i) {
    const auto pem = client_.issue({"pbx.example.com"});
    const auto answer = renewal_info(pem);
    ASSERT_EQ(answer.status, 200) << answer.text;
    EXPECT_EQ(answer.header("Retry-After"), "21600");
    EXPECT_LT(answer.body()["suggestedWindow"]["start"], answer.body()["suggestedWindow"]["end"]);
  }
  EXPECT_EQ(client_.get(client_.url_of("renewalInfo") + "/AAAA.AAAA").status, 404);
  EXPECT_EQ(client_.read(client_.url_of("renewalInfo") + "/AAAA.AAAA").status, 405);
}

TEST_F(Extensions, SuggestWhatATestWants) {
  const auto pem = client_.issue({"pbx.example.com"});
  ca_.change([](auto& behaviour) {
    behaviour.window = strict::Window{"2030-01-02T00:00:00Z", "2030-01-01T00:00:00Z"};
    behaviour.retry_after_renewal_info = "soon";
    behaviour.explanation_url = "https://ca.example/why";
  });
  const auto answer = renewal_info(pem);
  EXPECT_EQ(answer.body()["suggestedWindow"]["start"], "2030-01-02T00:00:00Z");
  EXPECT_EQ(answer.body()["explanationURL"], "https://ca.example/why");
  EXPECT_EQ(answer.header("Retry-After"), "soon");
}

TEST_F(Extensions, ReplaceOnceAndByTheSameAccount) {
  const auto pem = client_.issue({"pbx.example.com"});
  AcmeClient stranger(ca_);
  ASSERT_EQ(stranger.register_account().status, 201);
  EXPECT_EQ(replace(stranger, "pbx.example.com", pem).problem(), "unauthorized");
  EXPECT_EQ(replace(client_, "sip.example.com", pem).problem(), "malformed");
  const auto placed = replace(client_, "pbx.example.com", pem);
  EXPECT_EQ(placed.status, 201) << placed.text;
  EXPECT_EQ(placed.body()["replaces"], renewal_id(pem));
  const auto again = replace(client_, "pbx.example.com", pem);
  EXPECT_EQ(again.problem(), "alreadyReplaced");
  EXPECT_EQ(again.status, 409);
}

TEST_F(Extensions, RefuseToReplaceWhereATestWantsThat) {
  const auto pem = client_.issue({"pbx.example.com"});
  ca_.change([](auto& behaviour) { behaviour.replaces = strict::Replaces::already_replaced; });
  EXPECT_EQ(replace(client_, "pbx.example.com", pem).status, 409);
  ca_.change([](auto& behaviour) { behaviour.replaces = strict::Replaces::other_account; });
  EXPECT_EQ(replace(client_, "pbx.example.com", pem).status, 403);
  ca_.change([](auto& behaviour) {
    behaviour.replaces = strict::Replaces::checked;
    behaviour.forget_replaces = true;
  });
  const auto placed = replace(client_, "pbx.example.com", pem);
  EXPECT_TRUE(placed.body().contains("replaces"));
  EXPECT_FALSE(client_.read(placed.header("Location")).body().contains("replaces"));
}

TEST_F(Extensions, OfferProfiles) {
  EXPECT_EQ(client_.directory()["meta"]["profiles"]["short"], "six days");
  const auto life = [&](const json& more) {
    int days = 0;
    int seconds = 0;
    const auto leaf = first_in(client_.issue({"pbx.example.com"}, more));
    ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(leaf.get()), X509_get0_notAfter(leaf.get()));
    return days;
  };
  EXPECT_EQ(life(json::object()), 90);
  EXPECT_EQ(life({{"profile", "short"}}), 6);
  ca_.change([](auto& behaviour) { behaviour.profile_ignored = true; });
  EXPECT_EQ(life({{"profile", "short"}}), 90);
  ca_.change([](auto& behaviour) {
    behaviour.profile_ignored = false;
    behaviour.profile_required = true;
  });
  EXPECT_EQ(client_.post(client_.url_of("newOrder"), {{"identifiers", identifiers_of({"a.example.com"})}})
                .problem(),
            "invalidProfile");
}

TEST_F(Extensions, AuthorizeInAdvance) {
  const auto in_advance = [&](const std::string& name) {
    return client_.post(client_.url_of("newAuthz"), {{"identifier", identifiers_of({name})[0]}});
  };
  EXPECT_EQ(in_advance("*.example.com").problem(), "malformed");
  const auto made = in_advance("pbx.example.com");
  ASSERT_EQ(made.status, 201) << made.text;
  const std::string challenge = made.body()["challenges"][0]["url"];
  EXPECT_TRUE(client_.post(challenge, json::object()).ok());
  ca_.change([](auto& behaviour) { behaviour.reuse_authorizations = true; });
  const auto order = client_.read(client_.order({"pbx.example.com"})).body();
  EXPECT_EQ(order["status"], "ready");
  EXPECT_EQ(order["authorizations"][0], made.header("Location"));
}

TEST_F(Extensions, TakeAnAncestorForTheNamesBelowIt) {
  const auto order_of = [&](const std::string& name, const std::string& ancestor) {
    auto identifiers = identifiers_of({name, "pbx.example.com"});
    identifiers[0]["ancestorDomain"] = ancestor;
    return client_.post(client_.url_of("newOrder"), {{"identifiers", identifiers}});
  };
  const auto made = order_of("a.b.example.com", "example.com");
  ASSERT_EQ(made.status, 201) << made.text;
  const auto authorization = client_.read(made.body()["authorizations"][0]).body();
  EXPECT_EQ(authorization["identifier"]["value"], "example.com");
  EXPECT_EQ(authorization["subdomainAuthAllowed"], true);
  for (const char* stranger : {"example.org", "a.b.example.com", "*.example.com", "ample.com"})
    EXPECT_EQ(order_of("a.b.example.com", stranger).problem(), "malformed") << stranger;
  EXPECT_EQ(client_
                .post(client_.url_of("newAuthz"),
                      {{"identifier", identifiers_of({"example.org"})[0]}, {"subdomainAuthAllowed", true}})
                .problem(),
            "malformed")
      << "it stands within the identifier";
}

TEST_F(Extensions, RevokeForThoseWhoMay) {
  const auto pem = client_.issue({"pbx.example.com"});
  AcmeClient stranger(ca_);
  ASSERT_EQ(stranger.register_account().status, 201);
  EXPECT_EQ(revoke(stranger, pem).problem(), "unauthorized");
  EXPECT_EQ(revoke(client_, pem, 7).problem(), "badRevocationReason");
  EXPECT_EQ(revoke(client_, pem, 4).status, 200);
  EXPECT_EQ(revoke(client_, pem, 4).problem(), "alreadyRevoked");
  // Who proves control of the names may revoke what somebody else obtained.
  const auto other = client_.issue({"sip.example.com"});
  static_cast<void>(stranger.issue({"sip.example.com"}));
  EXPECT_EQ(revoke(stranger, other).status, 200);
}

TEST_F(Extensions, RevokeByTheCertificatesOwnKey) {
  const SigningKey own;
  const auto url = client_.order({"pbx.example.com"});
  client_.answer(url, "http-01");
  ASSERT_TRUE(client_.finalize(url, make_csr({.names = {"pbx.example.com"}, .key = own.handle()})).ok());
  const auto pem = client_.read(client_.read(url).body()["certificate"]).text;
  AcmeClient nobody(ca_, own);
  EXPECT_EQ(revoke(AcmeClient(ca_), pem).problem(), "unauthorized");
  EXPECT_EQ(revoke(nobody, pem, 1).status, 200);
}

TEST_F(Extensions, PublishWhatIsRevoked) {
  const auto good = first_in(client_.issue({"good.example.com"}));
  const auto pem = client_.issue({"bad.example.com"});
  ca_.revoke(pem, 1);
  const auto bad = first_in(pem);
  const auto at = ca_.crl_url().find("/strict.crl");
  httplib::Client http(ca_.crl_url().substr(0, at));
  const auto reply = http.Get("/strict.crl");
  ASSERT_TRUE(reply);
  const auto* from = reinterpret_cast<const unsigned char*>(reply->body.data());
  const std::unique_ptr<X509_CRL, Freed<X509_CRL_free>> list(
      d2i_X509_CRL(nullptr, &from, static_cast<long>(reply->body.size())));
  ASSERT_NE(list, nullptr);
  const auto issuer_der = http.Get("/issuer.cer")->body;
  const auto* issuer_from = reinterpret_cast<const unsigned char*>(issuer_der.data());
  const X509Ptr issuer(d2i_X509(nullptr, &issuer_from, static_cast<long>(issuer_der.size())));
  EXPECT_EQ(X509_CRL_verify(list.get(), X509_get0_pubkey(issuer.get())), 1);
  X509_REVOKED* entry = nullptr;
  EXPECT_EQ(X509_CRL_get0_by_cert(list.get(), &entry, good.get()), 0);
  EXPECT_EQ(X509_CRL_get0_by_cert(list.get(), &entry, bad.get()), 1);
  EXPECT_EQ(ca_.list_fetches(), 1);
}

}  // namespace
}  // namespace certmgr::lab
