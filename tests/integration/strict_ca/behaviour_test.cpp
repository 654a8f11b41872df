// SPDX-License-Identifier: MIT
// The strict CA misbehaves as it is told to, and only then.
#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "integration/strict_ca/acme_client.h"
#include "integration/strict_ca/csr_maker.h"
#include "lab/authority.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::lab {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
namespace resources = strict::resources;
namespace problems = strict::problems;

std::string shown(const std::string& pem) {
  const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const X509Ptr leaf(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  const BioPtr text(BIO_new(BIO_s_mem()));
  X509_print_ex(text.get(), leaf.get(), XN_FLAG_RFC2253, 0);
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

class Behaviour : public ::testing::Test {
 protected:
  static strict::StrictCaOptions options() {
    strict::StrictCaOptions options;
    options.external_accounts["ev-customer"] = {.mac_key = encode("secret"),
                                                .level = strict::Level::ev,
                                                .organization = strict::Organization{.name = "Anruf GmbH"}};
    options.profiles["ov"] = {.description = "with organization", .level = strict::Level::ov};
    return options;
  }
  Behaviour() {
    ca_.change([](auto& behaviour) { behaviour.always_valid = true; });
    EXPECT_EQ(client_.register_account().status, 201);
  }
  [[nodiscard]] std::string finalized(const std::string& name) const {
    const auto url = client_.order({name});
    client_.answer(url, "http-01");
    EXPECT_TRUE(client_.finalize(url, csr_for({name})).ok());
    return url;
  }
  [[nodiscard]] std::string status(const std::string& order) const {
    return client_.read(order).body()["status"];
  }

  StrictCa ca_{options()};
  AcmeClient client_{ca_};
};

TEST_F(Behaviour, RefusesGoodNonces) {
  ca_.change([](auto& behaviour) { behaviour.bad_nonce_percent = 100; });
  EXPECT_EQ(client_.read(client_.account()).problem(), "badNonce");
  EXPECT_THAT(ca_.violations(), IsEmpty()) << "that is not the client's fault";
}

TEST_F(Behaviour, IsSlow) {
  ca_.change([](auto& behaviour) {
    behaviour.pending_polls = 1;
    behaviour.processing_polls = 2;
    behaviour.retry_after_order = "7";
    behaviour.retry_after_authz = "8";
    behaviour.retry_after_finalize = "9";
  });
  const auto url = client_.order({"pbx.example.com"});
  const std::string authorization = client_.read(url).body()["authorizations"][0];
  EXPECT_EQ(client_.read(authorization).header("Retry-After"), "8");
  client_.answer(url, "http-01");
  EXPECT_EQ(status(url), "pending");
  EXPECT_EQ(client_.read(url).header("Retry-After"), "7");
  EXPECT_EQ(client_.finalize(url, csr_for({"pbx.example.com"})).header("Retry-After"), "9");
  EXPECT_EQ(status(url), "processing");
  EXPECT_EQ(status(url), "processing");
  EXPECT_EQ(status(url), "valid");
}

TEST_F(Behaviour, NeedsNoProofs) {
  ca_.change([](auto& behaviour) { behaviour.ready_at_once = true; });
  const auto order = client_.read(client_.order({"pbx.example.com"})).body();
  EXPECT_EQ(order["status"], "ready");
  EXPECT_THAT(order["authorizations"], IsEmpty());
}

TEST_F(Behaviour, KnowsChallengesNobodyKnows) {
  ca_.change([](auto& behaviour) { behaviour.unknown_challenges_only = true; });
  const auto order = client_.read(client_.order({"pbx.example.com"})).body();
  EXPECT_EQ(order["status"], "ready");
  const auto authorization = client_.read(order["authorizations"][0]).body();
  EXPECT_EQ(authorization["status"], "valid");
  EXPECT_FALSE(authorization["challenges"][0].contains("token"));
}

TEST_F(Behaviour, AddsUnknownMembers) {
  ca_.change([](auto& behaviour) { behaviour.unknown_members = true; });
  EXPECT_TRUE(client_.get(ca_.directory_url()).body()["meta"].contains("motto"));
  EXPECT_TRUE(client_.read(client_.account()).body().contains("mood"));
}

TEST_F(Behaviour, RefusesSomeNames) {
  const strict::Problem blocked{.type = "rejectedIdentifier", .status = 403, .detail = "on a list"};
  ca_.change([&](auto& behaviour) { behaviour.refused_identifiers = {{"a.example.com", blocked}}; });
  const auto place = [&](const std::vector<std::string>& names) {
    return client_.post(client_.url_of("newOrder"), {{"identifiers", identifiers_of(names)}});
  };
  EXPECT_EQ(place({"a.example.com"}).problem(), "rejectedIdentifier");
  EXPECT_FALSE(place({"a.example.com"}).body().contains("subproblems"));
  const auto several = place({"a.example.com", "b.example.com"}).body();
  ASSERT_EQ(several["subproblems"].size(), 1U);
  EXPECT_EQ(several["subproblems"][0]["identifier"]["value"], "a.example.com");
  EXPECT_EQ(place({"b.example.com"}).status, 201);
}

TEST_F(Behaviour, RefusesProofs) {
  const strict::Problem caa{.type = "caa", .status = 403, .detail = "CAA forbids it"};
  ca_.change([&](auto& behaviour) { behaviour.failing_identifiers = {{"pbx.example.com", caa}}; });
  const auto url = client_.order({"pbx.example.com"});
  client_.answer(url, "http-01");
  const auto order = client_.read(url).body();
  EXPECT_EQ(order["status"], "invalid");
  EXPECT_EQ(order["error"]["type"], "urn:ietf:params:acme:error:caa");
  EXPECT_EQ(order["error"]["identifier"]["value"], "pbx.example.com");
}

TEST_F(Behaviour, RefusesRequestsAsOftenAsTold) {
  const std::string page = "https://unpause.example/?jwt=x";
  const struct {
    const char* resource;
    strict::Problem problem;
    const char* type;
  } cases[] = {
      {resources::kNewOrder, problems::rate_limited("3600"), "rateLimited"},
      {resources::kNewOrder, problems::paused(page), "rateLimited"},
      {resources::kNewOrder, problems::user_action_required("https://ca.example/terms"),
       "userActionRequired"},
      {resources::kNewOrder, problems::internal_error(), "serverInternal"},
      {resources::kNewOrder, problems::compound("caa", {{"pbx.example.com", {.type = "caa"}}}), "caa"},
  };
  const json wanted = {{"identifiers", identifiers_of({"pbx.example.com"})}};
  for (const auto& one : cases) {
    ca_.refuse(one.resource, one.problem);
    const auto refused = client_.post(client_.url_of("newOrder"), wanted);
    EXPECT_EQ(refused.problem(), one.type) << refused.text;
    EXPECT_EQ(client_.post(client_.url_of("newOrder"), wanted).status, 201);
  }
  ca_.refuse(resources::kNewOrder, problems::rate_limited("3600"));
  EXPECT_EQ(client_.post(client_.url_of("newOrder"), wanted).header("Retry-After"), "3600");
  ca_.refuse(resources::kNewOrder, problems::user_action_required("https://ca.example/terms"));
  EXPECT_EQ(client_.post(client_.url_of("newOrder"), wanted).body()["instance"], "https://ca.example/terms");
  ca_.refuse(resources::kDirectory, problems::internal_error());
  EXPECT_EQ(client_.get(ca_.directory_url()).status, 500);
}

TEST_F(Behaviour, SaysNoAndGoesOn) {
  ca_.change([](auto& behaviour) { behaviour.finalize_says_400 = true; });
  const auto url = client_.order({"pbx.example.com"});
  client_.answer(url, "http-01");
  EXPECT_EQ(client_.finalize(url, csr_for({"pbx.example.com"})).status, 400);
  EXPECT_EQ(status(url), "valid");
}

TEST_F(Behaviour, LosesAnswers) {
  ca_.lose_answer(resources::kNewOrder);
  EXPECT_EQ(
      client_.post(client_.url_of("newOrder"), {{"identifiers", identifiers_of({"a.example.com"})}}).status,
      0);
  EXPECT_EQ(client_.read(client_.account() + "/orders").body()["orders"].size(), 1U);
  EXPECT_EQ(ca_.requests().back().resource, resources::kOrders);
}

TEST_F(Behaviour, IssuesWhatWasNotOrdered) {
  ca_.change([](auto& behaviour) { behaviour.issuance.other_names = {"evil.example.net"}; });
  EXPECT_THAT(names_in(client_.issue({"pbx.example.com"})), ElementsAre("evil.example.net"));
  ca_.change([](auto& behaviour) { behaviour.issuance = {.without_server_auth = true}; });
  EXPECT_THAT(shown(client_.issue({"pbx.example.com"})), Not(HasSubstr("TLS Web Server")));
  ca_.change([](auto& behaviour) { behaviour.issuance = {.client_auth_too = true}; });
  EXPECT_THAT(shown(client_.issue({"pbx.example.com"})),
              HasSubstr("TLS Web Server Authentication, TLS Web Client Authentication"));
  const auto days = [&] {
    const auto pem = client_.issue({"pbx.example.com"});
    const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const X509Ptr leaf(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    int count = 0;
    int seconds = 0;
    ASN1_TIME_diff(&count, &seconds, X509_get0_notBefore(leaf.get()), X509_get0_notAfter(leaf.get()));
    return count;
  };
  EXPECT_EQ(days(), 90);
  ca_.change([](auto& behaviour) { behaviour.issuance = {.validity = std::chrono::hours(24 * 500)}; });
  EXPECT_EQ(days(), 500);
}

TEST_F(Behaviour, IssuesForAnotherKey) {
  const SigningKey own;
  const auto issued = [&] {
    const auto url = client_.order({"pbx.example.com"});
    client_.answer(url, "http-01");
    EXPECT_TRUE(client_.finalize(url, make_csr({.names = {"pbx.example.com"}, .key = own.handle()})).ok());
    const auto pem = client_.read(client_.read(url).body()["certificate"]).text;
    const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const X509Ptr leaf(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    return EVP_PKEY_eq(X509_get0_pubkey(leaf.get()), own.handle()) == 1;
  };
  EXPECT_TRUE(issued());
  ca_.change([](auto& behaviour) { behaviour.issuance.other_key = true; });
  EXPECT_FALSE(issued());
}

TEST_F(Behaviour, VetsWhoOrders) {
  AcmeClient customer(ca_);
  const json header = {{"alg", "HS256"}, {"kid", "ev-customer"}, {"url", customer.url_of("newAccount")}};
  ASSERT_EQ(customer
                .register_account(
                    {{"termsOfServiceAgreed", true},
                     {"externalAccountBinding", maced_by("secret", header, customer.key().jwk().dump())}})
                .status,
            201);
  const auto extended = shown(customer.issue({"pbx.example.com"}));
  EXPECT_THAT(extended, HasSubstr("O=Anruf GmbH"));
  EXPECT_THAT(extended, HasSubstr("businessCategory=Private Organization"));
  EXPECT_THAT(extended, HasSubstr("Policy: 2.23.140.1.1"));
  const auto organization = shown(client_.issue({"pbx.example.com"}, {{"profile", "ov"}}));
  EXPECT_THAT(organization, HasSubstr("O=Example GmbH"));
  EXPECT_THAT(organization, HasSubstr("Policy: 2.23.140.1.2.2"));
  ca_.change([](auto& behaviour) { behaviour.downgrade_to_dv = true; });
  const auto placeholder = shown(customer.issue({"pbx.example.com"}));
  EXPECT_THAT(placeholder, HasSubstr("Policy: 2.23.140.1.2.1"));
  EXPECT_THAT(placeholder, Not(HasSubstr("Anruf")));
}

TEST_F(Behaviour, HasADeskThatTakesItsTime) {
  ca_.change([](auto& behaviour) { behaviour.hold_orders = true; });
  const auto approved = finalized("a.example.com");
  const auto refused = finalized("b.example.com");
  EXPECT_EQ(status(approved), "processing");
  EXPECT_EQ(ca_.held_orders().size(), 2U);
  ca_.ask(approved, "https://ca.example/upload");
  const auto asked = client_.read(approved).body();
  EXPECT_EQ(asked["status"], "processing");
  EXPECT_EQ(asked["error"]["instance"], "https://ca.example/upload");
  ca_.approve(approved);
  EXPECT_EQ(status(approved), "valid");
  EXPECT_FALSE(client_.read(approved).body().contains("error"));
  ca_.turn_down(refused, {.type = "unauthorized", .status = 403, .detail = "not who they say they are"});
  EXPECT_EQ(status(refused), "invalid");
  EXPECT_THAT(ca_.held_orders(), IsEmpty());
  EXPECT_THROW(ca_.approve(approved), std::runtime_error);
}

}  // namespace
}  // namespace certmgr::lab
