// SPDX-License-Identifier: MIT
// The Ca port against a CA that vets organizations.
#include <gmock/gmock.h>

#include "certmgr/domain/csr_subject.h"
#include "certmgr/domain/identity_check.h"
#include "integration/acme/acme_bench.h"
#include "lab/strict_ca/strict_ca.h"
#include "lab/temp_dir.h"

namespace certmgr::acme {
namespace {

using lab::strict::Level;
using testing::Client;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kNames;
using testing::kRequest;

OrganizationRecord acme() {
  OrganizationRecord record;
  record.name = "acme";
  record.legal_name = "Acme Köln GmbH";
  record.category = "private-organization";
  record.registration_number = "HRB 4711";
  record.jurisdiction_country = record.address_country = "DE";
  record.address_state = "Nordrhein-Westfalen";
  record.address_locality = "Köln";
  return record;
}

lab::strict::StrictCaOptions options() {
  lab::strict::StrictCaOptions options;
  options.external_accounts["acme"] = {
      .mac_key = "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHNlYw",
      .organization = lab::strict::Organization{.name = "Acme Köln GmbH",
                                                .state = "Nordrhein-Westfalen",
                                                .locality = "Köln",
                                                .registration_number = "HRB 4711"},
      .single_use = true};
  options.profiles["ov"] = {.description = "with organization", .level = Level::ov};
  options.profiles["ev"] = {.description = "extended", .level = Level::ev};
  return options;
}

class VettedOrder : public ::testing::Test {
 protected:
  VettedOrder() {
    lab::write_file(dir_ / "hmac", options().external_accounts.at("acme").mac_key + "\n");
    ca_.change([](auto& behaviour) {
      behaviour.external_account_required = true;
      behaviour.ready_at_once = true;
    });
  }
  [[nodiscard]] Client customer() const {
    return Client(ca_.directory_url(), ca_.ca_file().string(), std::chrono::seconds(10), KeyType::ecdsa_p256,
                  ExternalAccount{"acme", (dir_ / "hmac").string()});
  }
  /// Finalizes an order of this profile with the organization in the request.
  CaReply<CaOrder> finalized(Client& client, const std::string& profile, OrganizationLevel level) {
    const auto placed = client.ca->new_order({.identifiers = kNames, .profile = profile});
    EXPECT_TRUE(placed) << placed.error().message();
    EXPECT_EQ(placed->value.profile, profile);
    key_ = *client.keyring.generate(KeyType::ecdsa_p256, "certificate");
    subject_ = subject_of(acme(), level);
    const auto request = client.keyring.certificate_request(key_, kNames, *csr_subject(subject_));
    const auto order = client.ca->finalize(placed->value.url, placed->value.finalize_url, *request);
    EXPECT_TRUE(order) << order.error().message();
    return *order;
  }
  [[nodiscard]] IdentityVerdict judged(const ChainFacts& facts, CertificateLevel level,
                                       const Client& client) const {
    return judge_identity(facts, {key_.spki_sha256, kNames}, {.level = level, .subject = subject_},
                          client.clock.now());
  }

  lab::TempDir dir_;
  lab::StrictCa ca_{options()};
  SealedKey key_;
  std::vector<SubjectAttribute> subject_;
};

TEST_F(VettedOrder, IsIssuedByItsProfileAndReadWithSubjectAndPolicies) {
  Client client = customer();
  ASSERT_TRUE(client.ca->register_account(kRequest));
  auto order = finalized(client, "ov", OrganizationLevel::ov).value;
  order = client.ca->order(order.url)->value;
  ASSERT_EQ(order.status, CaStatus::valid);
  const auto chain = client.ca->certificate(order.certificate_url, "");
  ASSERT_TRUE(chain) << chain.error().message();
  const auto& facts = chain->facts;
  EXPECT_THAT(facts.policies, ElementsAre("2.23.140.1.2.2"));
  std::vector<std::string> subject;
  for (const auto& attribute : facts.subject) subject.push_back(attribute.oid + "=" + attribute.value);
  EXPECT_THAT(subject, ElementsAre("2.5.4.6=DE", "2.5.4.8=Nordrhein-Westfalen", "2.5.4.7=Köln",
                                   "2.5.4.10=Acme Köln GmbH"));
  EXPECT_TRUE(facts.server_auth);
  const auto verdict = judged(facts, CertificateLevel::ov, client);
  EXPECT_TRUE(verdict.clean()) << verdict.faults.front().why;
  EXPECT_THAT(verdict.warnings, IsEmpty());
  EXPECT_THAT(ca_.violations(), IsEmpty());
}

TEST_F(VettedOrder, MayAskForSomethingThenSendAPlaceholderAndThenTheRightOne) {
  ca_.change([](auto& behaviour) { behaviour.hold_orders = true; });
  Client client = customer();
  ASSERT_TRUE(client.ca->register_account(kRequest));
  const auto url = finalized(client, "ev", OrganizationLevel::ev).value.url;
  ca_.ask(url, "https://ca.example/desk/1");
  auto order = client.ca->order(url)->value;
  EXPECT_EQ(order.status, CaStatus::processing);
  ASSERT_TRUE(order.error);
  EXPECT_EQ(order.error->code, "acme_userActionRequired");
  EXPECT_EQ(order.error->url, "https://ca.example/desk/1");

  ca_.send_placeholder(url);
  order = client.ca->order(url)->value;
  ASSERT_EQ(order.status, CaStatus::valid);
  const auto first = order.certificate_url;
  EXPECT_TRUE(judged(client.ca->certificate(first, "")->facts, CertificateLevel::ev, client).placeholder());

  ca_.approve(url);
  order = client.ca->order(url)->value;
  ASSERT_EQ(order.status, CaStatus::valid);
  EXPECT_NE(order.certificate_url, first);
  const auto verdict =
      judged(client.ca->certificate(order.certificate_url, "")->facts, CertificateLevel::ev, client);
  EXPECT_TRUE(verdict.clean()) << verdict.faults.front().why;
  EXPECT_THAT(ca_.violations(), IsEmpty());
}

TEST_F(VettedOrder, NeedsCredentialsThatWereNotUsedBefore) {
  Client first = customer();
  ASSERT_TRUE(first.ca->register_account(kRequest));
  EXPECT_TRUE(first.ca->register_account(kRequest)) << "the same key is the same account";
  Client second = customer();
  const auto refused = second.ca->register_account(kRequest);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "eab_unusable");
  EXPECT_EQ(refused.error().kind, TroubleKind::configuration);
  EXPECT_THAT(refused.error().hint, ::testing::HasSubstr("have bound no account before"));
}

}  // namespace
}  // namespace certmgr::acme
