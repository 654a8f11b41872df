// SPDX-License-Identifier: MIT
// What CAs get wrong in OV and EV certificates, placeholders, and the vetting desk for scripts.
#include <gmock/gmock.h>
#include <httplib.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>

#include "integration/strict_ca/acme_client.h"
#include "integration/strict_ca/csr_maker.h"
#include "lab/process.h"
#include "lab/strict_ca/customers.h"
#include "lab/strict_ca/desk_commands.h"
#include "lab/strict_ca/strict_ca.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {
namespace {

using namespace testing;
using strict::Level;
using strict::Organization;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Organization with everything that a record of certmgr can say.
Organization acme() {
  return {.name = "Acme Köln GmbH",
          .country = "DE",
          .state = "Nordrhein-Westfalen",
          .locality = "Köln",
          .street = "Domplatte 1",
          .postal_code = "50667",
          .registration_number = "HRB 4711",
          .jurisdiction_country = "DE",
          .jurisdiction_state = "Nordrhein-Westfalen",
          .jurisdiction_locality = "Köln",
          .organization_identifier = "NTRDE-HRB 4711"};
}

std::string subject_of(const X509& leaf) {
  const BioPtr text(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(text.get(), X509_get_subject_name(&leaf), 0,
                     XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB & ~XN_FLAG_SPC_EQ);
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::vector<std::string> policies_of(const X509& leaf) {
  std::vector<std::string> found;
  auto* policies =
      static_cast<CERTIFICATEPOLICIES*>(X509_get_ext_d2i(&leaf, NID_certificate_policies, nullptr, nullptr));
  for (int i = 0; i < sk_POLICYINFO_num(policies); ++i) {
    std::array<char, 64> text{};
    OBJ_obj2txt(text.data(), static_cast<int>(text.size()), sk_POLICYINFO_value(policies, i)->policyid, 1);
    found.emplace_back(text.data());
  }
  CERTIFICATEPOLICIES_free(policies);
  return found;
}

X509Ptr leaf_of(const std::string& pem) {
  const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return X509Ptr(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
}

class Vetting : public ::testing::Test {
 protected:
  Vetting() {
    ca_.change([](auto& behaviour) { behaviour.always_valid = true; });
    const json header = {{"alg", "HS256"}, {"kid", "acme"}, {"url", client_.url_of("newAccount")}};
    EXPECT_EQ(client_
                  .register_account(
                      {{"termsOfServiceAgreed", true},
                       {"externalAccountBinding", maced_by("secret", header, client_.key().jwk().dump())}})
                  .status,
              201);
  }
  static strict::StrictCaOptions options() {
    strict::StrictCaOptions options;
    options.external_accounts["acme"] = {
        .mac_key = encode("secret"), .level = Level::ev, .organization = acme()};
    options.profiles["ov"] = {.description = "with organization", .level = Level::ov};
    return options;
  }
  [[nodiscard]] X509Ptr issued(const json& more = json::object()) const {
    return leaf_of(client_.issue({"pbx.example.com"}, more));
  }
  [[nodiscard]] std::string finalized(const std::string& name) const {
    const auto url = client_.order({name});
    client_.answer(url, "http-01");
    EXPECT_TRUE(client_.finalize(url, csr_for({name})).ok());
    return url;
  }
  [[nodiscard]] json order(const std::string& url) const { return client_.read(url).body(); }
  [[nodiscard]] std::vector<std::string> policies_at(const std::string& certificate) const {
    return policies_of(*leaf_of(client_.read(certificate).text));
  }

  StrictCa ca_{options()};
  AcmeClient client_{ca_};
};

TEST_F(Vetting, CertifiesAllThatARecordSays) {
  EXPECT_EQ(subject_of(*issued()),
            "jurisdictionC=DE, jurisdictionST=Nordrhein-Westfalen, jurisdictionL=Köln, "
            "businessCategory=Private Organization, serialNumber=HRB 4711, C=DE, ST=Nordrhein-Westfalen, "
            "L=Köln, postalCode=50667, street=Domplatte 1, O=Acme Köln GmbH, "
            "organizationIdentifier=NTRDE-HRB 4711");
  EXPECT_EQ(subject_of(*issued({{"profile", "ov"}})),
            "C=DE, ST=Nordrhein-Westfalen, L=Köln, postalCode=50667, street=Domplatte 1, O=Acme Köln GmbH");
}

TEST_F(Vetting, CertifiesSomebodyElse) {
  ca_.change(
      [](auto& behaviour) { behaviour.issuance.other_organization = Organization{.name = "Other AG"}; });
  EXPECT_THAT(subject_of(*issued()), AllOf(HasSubstr("O=Other AG"), Not(HasSubstr("Acme"))));
}

TEST_F(Vetting, CertifiesAUnit) {
  ca_.change([](auto& behaviour) { behaviour.issuance.organizational_unit = "Sales"; });
  EXPECT_THAT(subject_of(*issued()), HasSubstr("OU=Sales"));
}

TEST_F(Vetting, NamesNoPolicyOrSeveral) {
  EXPECT_THAT(policies_of(*issued()), ElementsAre("2.23.140.1.1"));
  ca_.change([](auto& behaviour) { behaviour.issuance.policies.emplace(); });
  EXPECT_THAT(policies_of(*issued()), IsEmpty());
  ca_.change([](auto& behaviour) { behaviour.issuance.policies = {"2.23.140.1.2.2", "2.23.140.1.1"}; });
  EXPECT_THAT(policies_of(*issued()), ElementsAre("2.23.140.1.2.2", "2.23.140.1.1"));
}

TEST_F(Vetting, PutsAnotherCertificateOnTheOrderAfterAPlaceholder) {
  ca_.change([](auto& behaviour) { behaviour.hold_orders = true; });
  const auto url = finalized("pbx.example.com");
  EXPECT_EQ(order(url)["status"], "processing");
  ca_.send_placeholder(url);
  const auto before = order(url);
  EXPECT_EQ(before["status"], "valid");
  EXPECT_THAT(policies_at(before["certificate"]), ElementsAre("2.23.140.1.2.1"));
  EXPECT_EQ(order(url)["certificate"], before["certificate"]) << "it stays while nobody decides";
  EXPECT_THAT(ca_.held_orders(), ElementsAre(url));
  ca_.approve(url);
  const auto after = order(url);
  EXPECT_EQ(after["status"], "valid");
  EXPECT_NE(after["certificate"], before["certificate"]);
  EXPECT_THAT(policies_at(after["certificate"]), ElementsAre("2.23.140.1.1"));
  EXPECT_THAT(policies_at(before["certificate"]), ElementsAre("2.23.140.1.2.1")) << "it can still be read";
  EXPECT_THAT(ca_.held_orders(), IsEmpty());
}

TEST_F(Vetting, SendsPlaceholdersByItselfToThoseThatWaitForMore) {
  ca_.change([](auto& behaviour) { behaviour.hold_orders = behaviour.placeholder_first = true; });
  const auto url = finalized("pbx.example.com");
  EXPECT_EQ(order(url)["status"], "valid");
  EXPECT_THAT(policies_at(order(url)["certificate"]), ElementsAre("2.23.140.1.2.1"));
  ASSERT_EQ(ca_.desk().size(), 1U);
  EXPECT_EQ(ca_.desk().front().status, "valid");
  EXPECT_EQ(ca_.desk().front().level, Level::ev);
  EXPECT_THAT(ca_.desk().front().names, ElementsAre("pbx.example.com"));
}

TEST_F(Vetting, TakesTheWordOfTheDesk) {
  ca_.change([](auto& behaviour) { behaviour.hold_orders = true; });
  const auto first = finalized("a.example.com");
  const auto listed = json::parse(strict::obey(ca_, "list"))["orders"];
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0]["url"], first);
  EXPECT_EQ(listed[0]["status"], "processing");
  EXPECT_EQ(listed[0]["level"], "ev");
  EXPECT_EQ(listed[0]["names"], json::array({"a.example.com"}));

  strict::obey(ca_, "ask " + first + " https://ca.example/upload");
  EXPECT_EQ(order(first)["error"]["instance"], "https://ca.example/upload");
  strict::obey(ca_, "placeholder " + first);
  EXPECT_EQ(order(first)["status"], "valid");
  strict::obey(ca_, "approve " + first);
  EXPECT_THAT(policies_at(order(first)["certificate"]), ElementsAre("2.23.140.1.1"));

  const auto second = finalized("b.example.com");
  strict::obey(ca_, "refuse " + second + " nobody answered the phone");
  EXPECT_EQ(order(second)["status"], "invalid");
  EXPECT_EQ(order(second)["error"]["detail"], "nobody answered the phone");

  const auto third = finalized("c.example.com");
  strict::obey(ca_, "downgrade " + third);
  EXPECT_EQ(order(third)["status"], "valid");
  EXPECT_THAT(policies_at(order(third)["certificate"]), ElementsAre("2.23.140.1.2.1"));
}

TEST_F(Vetting, RefusesWhatTheDeskCannotDo) {
  ca_.change([](auto& behaviour) { behaviour.hold_orders = true; });
  const auto url = finalized("pbx.example.com");
  for (const auto& line : {std::string(), std::string("approve"), std::string("approve https://ca/none"),
                           "ask " + url, "refuse " + url, "wave " + url}) {
    const auto reply = strict::answer_desk(ca_, {.method = "POST", .target = "/", .body = line});
    EXPECT_EQ(reply.status, 400) << line;
  }
  EXPECT_EQ(strict::answer_desk(ca_, {.method = "GET", .target = "/"}).status, 405);
  EXPECT_THAT(ca_.held_orders(), ElementsAre(url));
}

TEST(Customers, AreReadFromAFile) {
  const TempDir dir;
  write_file(
      dir / "customers.json",
      R"({"acme": {"mac_key": "c2VjcmV0", "level": "ev", "single_use": true,)"
      R"( "organization": {"name": "Acme Köln GmbH", "state": "NRW", "jurisdiction_locality": "Köln"}},)"
      R"( "plain": {"mac_key": "c2VjcmV0"}})");
  const auto customers = strict::read_customers(dir / "customers.json");
  ASSERT_EQ(customers.size(), 2U);
  const auto& acme = customers.at("acme");
  EXPECT_EQ(acme.level, Level::ev);
  EXPECT_TRUE(acme.single_use);
  EXPECT_EQ(acme.organization->name, "Acme Köln GmbH");
  EXPECT_EQ(acme.organization->state, "NRW");
  EXPECT_EQ(acme.organization->jurisdiction_locality, "Köln");
  EXPECT_EQ(customers.at("plain").level, Level::dv);
  EXPECT_FALSE(customers.at("plain").organization);
}

TEST(Customers, ThatAreNoneAreRefused) {
  const TempDir dir;
  for (const char* text : {"[", R"({"a": {}})", R"({"a": {"mac_key": "k", "level": "xv"}})",
                           R"({"a": {"mac_key": "k", "colour": "green"}})",
                           R"({"a": {"mac_key": "k", "organization": {"town": "Köln", "name": "A"}}})",
                           R"({"a": {"mac_key": "k", "organization": {"country": "DE"}}})"}) {
    write_file(dir / "customers.json", text);
    EXPECT_THROW(strict::read_customers(dir / "customers.json"), std::runtime_error) << text;
  }
  EXPECT_THROW(strict::read_customers(dir / "none.json"), std::runtime_error);
}

TEST(Program, HasADeskThatScriptsCanPlay) {
  const TempDir dir;
  write_file(dir / "customers.json", R"({"acme": {"mac_key": "c2VjcmV0", "level": "ov"}})");
  Process program({.command = {CERTMGR_STRICT_CA_PROGRAM, "--desk-port", "0", "--hold", "--customers",
                               (dir / "customers.json").string(), "--profile", "ev=ev"},
                   .output = dir / "out"});
  ASSERT_TRUE(program.wait_for_output("\n"));
  const std::string desk = json::parse(program.output())["desk"];
  httplib::Client client(desk);
  const auto answer = client.Post("/", "list", "application/x-www-form-urlencoded");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(json::parse(answer->body), json({{"orders", json::array()}}));
  EXPECT_EQ(client.Post("/", "approve https://ca/none", "text/plain")->status, 400);
}

}  // namespace
}  // namespace certmgr::lab
