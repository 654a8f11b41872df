// SPDX-License-Identifier: MIT
#include "config/fleet_file.h"

#include <gmock/gmock.h>

namespace certmgr::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(FleetFile, ReadsEveryKey) {
  const auto fleet = parse_fleet(R"(
[ca.internal]
directory = "https://ca.example/dir"
key_type = "rsa-3072"

[[server]]
name = "pbx"
type = "kamailio"
key = "/e/key.pem"
cert = "/e/cert.pem"
chain = "/e/chain.pem"
fullchain = "/e/full.pem"
combined = "/e/all.pem"
owner = "root:kamailio"
mode = "0640"
hook = "/h/hook"
settings = { kamcmd_socket = "unix:/run/kamailio/ctl" }
verify = ["sips://pbx.example:5061?sni=sip.example"]

[[certificate]]
names = ["sip.example", "www.example"]
label = "sip"
ca = "internal"
fallback_cas = ["zerossl", "google"]
challenge = "http-01"
webroot = "/var/www"
key_type = "ecdsa-p384"
level = "dv"
profile = ""
servers = ["pbx"]

[[certificate]]
names = ["a.example"]
http_listen = "[::]:8080"
preferred_profile = "shortlived"
preferred_chain = "Root X1"
not_before = "2027-01-31T12:00:00Z"
not_after = "30d"
ancestor_domain = "Example"
)",
                                 "fleet.toml");
  EXPECT_THAT(fleet.faults, IsEmpty());
  ASSERT_THAT(fleet.cas, SizeIs(1));
  EXPECT_EQ(fleet.cas[0].ca.directory, "https://ca.example/dir");
  EXPECT_EQ(fleet.cas[0].ca.key_type, KeyType::rsa_3072);
  EXPECT_FALSE(fleet.cas[0].ca.built_in);
  ASSERT_THAT(fleet.servers, SizeIs(1));
  const Server& server = fleet.servers[0].server;
  EXPECT_EQ(server.name, "pbx");
  EXPECT_EQ(server.type, "kamailio");
  EXPECT_EQ(server.files,
            (ServerFiles{"/e/key.pem", "/e/cert.pem", "/e/chain.pem", "/e/full.pem", "/e/all.pem"}));
  EXPECT_EQ(server.owner, "root");
  EXPECT_EQ(server.group, "kamailio");
  EXPECT_EQ(server.mode, 0640U);
  EXPECT_EQ(server.hook, "/h/hook");
  EXPECT_EQ(server.settings.at("kamcmd_socket"), "unix:/run/kamailio/ctl");
  ASSERT_THAT(server.verify, SizeIs(1));
  EXPECT_EQ(to_string(server.verify[0]), "sips://pbx.example:5061?sni=sip.example");
  ASSERT_THAT(fleet.certificates, SizeIs(2));
  const auto& sip = fleet.certificates[0];
  EXPECT_THAT(sip.names, ElementsAre("sip.example", "www.example"));
  EXPECT_EQ(sip.label, "sip");
  EXPECT_EQ(sip.ca, "internal");
  EXPECT_EQ(sip.fallback_cas, (std::vector<std::string>{"zerossl", "google"}));
  EXPECT_FALSE(fleet.certificates[1].fallback_cas) << "left to the configuration";
  EXPECT_EQ(sip.key_type, KeyType::ecdsa_p384);
  EXPECT_EQ(sip.challenge, (ChallengeSettings{ChallengeType::http_01, "/var/www", ""}));
  EXPECT_THAT(sip.servers, ElementsAre("pbx"));
  EXPECT_EQ(sip.profile, ProfileChoice{}) << "none, whatever the CA's entry says";
  EXPECT_FALSE(sip.not_after);
  const auto& wishes = fleet.certificates[1];
  EXPECT_EQ(wishes.profile, (ProfileChoice{"shortlived", false}));
  EXPECT_EQ(wishes.preferred_chain, "Root X1");
  EXPECT_EQ(wishes.ancestor_domain, "Example") << "as it was typed";
  EXPECT_FALSE(sip.ancestor_domain);
  EXPECT_EQ(to_rfc3339(std::get<Instant>(*wishes.not_before)), "2027-01-31T12:00:00Z");
  EXPECT_EQ(wishes.not_after, ValidityBound(Duration(std::chrono::hours(720))));
  EXPECT_EQ(fleet.certificates[1].challenge, (ChallengeSettings{ChallengeType::http_01, "", "[::]:8080"}));
}

TEST(FleetFile, WhatIsAbsentIsLeftToTheConfiguration) {
  const auto fleet =
      parse_fleet("[[certificate]]\nnames = [\"a.example\"]\nchallenge = \"http-01\"\n", "f.toml");
  ASSERT_THAT(fleet.certificates, SizeIs(1));
  const auto& entry = fleet.certificates[0];
  EXPECT_FALSE(entry.label || entry.ca || entry.key_type || entry.challenge);
  EXPECT_THAT(entry.servers, IsEmpty());
}

TEST(FleetFile, KnowsWhereThingsStand) {
  const auto fleet = parse_fleet(
      "[[server]]\nname = \"s\"\ntype = \"generic\"\n\n[[certificate]]\nnames = [\"a.example\"]\n  ca = "
      "\"x\"\n",
      "f.toml");
  ASSERT_THAT(fleet.certificates, SizeIs(1));
  EXPECT_EQ(place_in("f.toml", fleet.servers.at(0).place), "f.toml:1:1");
  EXPECT_EQ(place_in("f.toml", fleet.certificates[0].place), "f.toml:5:1");
  EXPECT_EQ(fleet.certificates[0].names_place.line, 6U);
  EXPECT_EQ(fleet.certificates[0].ca_place.line, 7U);
  EXPECT_EQ(fleet.certificates[0].servers_place.line, 5U) << "what is absent is where its entry is";
}

TEST(FleetFile, ABuiltInCaCanBeChanged) {
  const auto fleet = parse_fleet("[ca.letsencrypt]\ntimeout = 7\n", "f.toml");
  ASSERT_THAT(fleet.cas, SizeIs(1));
  EXPECT_EQ(fleet.cas[0].ca.timeout, std::chrono::seconds(7));
  EXPECT_FALSE(fleet.cas[0].ca.built_in);
}

TEST(FleetFile, ReadsAnOrganizationAndWhereEachTextStands) {
  const auto fleet = parse_fleet(R"([[organization]]
name = "acme"
legal_name = "Acme GmbH"
category = "private-organization"
jurisdiction = { country = "DE", locality = "Berlin" }

[organization.address]
country = "DE"
postal_code = "10115"

[[organization.contact]]
name = "Ada"
email = "ada@acme.example"
roles = ["approver", "requester"]
authority_until = "2027-01-01"

[[organization]]
name = "beta"
)",
                                 "f.toml");
  EXPECT_THAT(fleet.faults, IsEmpty());
  ASSERT_THAT(fleet.organizations, SizeIs(2));
  const auto& acme = fleet.organizations[0];
  EXPECT_TRUE(acme.sound);
  EXPECT_EQ(acme.record.legal_name, "Acme GmbH");
  EXPECT_EQ(acme.record.category, "private-organization");
  EXPECT_EQ(acme.record.jurisdiction_country, "DE");
  EXPECT_EQ(acme.record.jurisdiction_locality, "Berlin");
  EXPECT_EQ(acme.record.address_postal_code, "10115");
  EXPECT_EQ(acme.record.agency, "");
  ASSERT_THAT(acme.record.contacts, SizeIs(1));
  EXPECT_THAT(acme.record.contacts[0].roles, ElementsAre("approver", "requester"));
  EXPECT_EQ(acme.record.contacts[0].authority_until, "2027-01-01");
  EXPECT_EQ(acme.places.at("legal_name").line, 3U);
  EXPECT_EQ(acme.places.at("jurisdiction.locality").line, 5U);
  EXPECT_EQ(acme.places.at("address.country").line, 8U);
  EXPECT_EQ(acme.places.at("address.state").line, 7U) << "what is absent is where its table is";
  EXPECT_EQ(acme.places.at("contacts[0].email").line, 13U);
  EXPECT_EQ(place_in("f.toml", fleet.organizations[1].place), "f.toml:17:1");
}

TEST(FleetFile, ACertificateMayNameALevelAndAnOrganization) {
  const auto fleet =
      parse_fleet("[[certificate]]\nnames = [\"a.b\"]\nlevel = \"ov\"\norganization = \"acme\"", "f.toml");
  ASSERT_THAT(fleet.certificates, SizeIs(1));
  EXPECT_EQ(fleet.certificates[0].level, "ov");
  EXPECT_EQ(fleet.certificates[0].level_place.line, 3U);
  EXPECT_EQ(fleet.certificates[0].organization, "acme");
  EXPECT_EQ(fleet.certificates[0].organization_place.line, 4U);
}

struct Bad {
  const char* text;
  const char* place;
  const char* word;  // in message or hint
};

TEST(FleetFile, EveryFaultIsRefusedWithItsPlaceAndACure) {
  const Bad table[] = {
      {"[[certificate]\n", "f.toml:1:", "TOML"},
      {"[defaults]\nca = \"x\"\n", "f.toml:1:", "known are: ca, server, certificate, organization"},
      {"[[certifcate]]\nnames = [\"a.b\"]", "f.toml:1:", "did you mean 'certificate'?"},
      {"[certificate]\nnames = [\"a.b\"]", "f.toml:1:1", "[[certificate]]"},
      {"certificate = [1]", "f.toml:1:", "[[certificate]]"},
      {"[[certificate]]\nname = [\"a.b\"]", "f.toml:1:1", "names no host"},
      {"[[certificate]]\nnames = []", "f.toml:2:", "names no host"},
      {"[[certificate]]\nnames = \"a.b\"", "f.toml:2:", "not a list"},
      {"[[certificate]]\nnames = [\"a.b\"]\nlable = \"x\"", "f.toml:3:1", "did you mean 'label'?"},
      {"[[certificate]]\nnames = [\"a.b\"]\nkey_type = \"dsa\"", "f.toml:3:", "ecdsa-p256"},
      {"[[certificate]]\nnames = [\"a.b\"]\nchallenge = \"dns-02\"", "f.toml:3:", "dns-account-01"},
      {"[[certificate]]\nnames = [\"a.b\"]\ntls_listen = \"[::]:443\"\ndns = \"x\"",
       "f.toml:3:", "does not belong"},
      {"[[certificate]]\nnames = [\"a.b\"]\nlevel = \"iv\"", "f.toml:3:", "use dv, ov or ev"},
      {"[[certificate]]\nnames = [\"a.b\"]\nprofile = \"x\"\npreferred_profile = \"y\"",
       "f.toml:4:", "beside 'profile'"},
      {"[[certificate]]\nnames = [\"a.b\"]\nnot_after = \"soon\"", "f.toml:3:", "neither a length of time"},
      {"[[certificate]]\nnames = [\"a.b\"]\nwebroot = \"w\"", "f.toml:3:", "absolute"},
      {"[[certificate]]\nnames = [\"a.b\"]\nwebroot = \"/w\"\nhttp_listen = \"[::]:80\"",
       "f.toml:3:", "choose one"},
      {"[[organization]]\nlegal_name = \"x\"", "f.toml:1:1", "'name' in [organization] is missing"},
      {"[organization]\nname = \"x\"", "f.toml:1:1", "[[organization]]"},
      {"[[organization]]\nname = \"x\"\nlegal_nam = \"X\"", "f.toml:3:1", "did you mean 'legal_name'?"},
      {"[[organization]]\nname = \"x\"\nou = \"IT\"", "f.toml:3:", "organizational units"},
      {"[[organization]]\nname = \"x\"\nlegal_name = 1", "f.toml:3:", "not a text"},
      {"[[organization]]\nname = \"x\"\naddress = \"Berlin\"", "f.toml:3:", "not a table"},
      {"[[organization]]\nname = \"x\"\naddress = { city = \"Berlin\" }",
       "f.toml:3:", "'city' is not known in [organization.address]"},
      {"[[organization]]\nname = \"x\"\ncontact = \"Bob\"", "f.toml:3:", "[[organization.contact]]"},
      {"[[organization]]\nname = \"x\"\n[[organization.contact]]\nrole = \"approver\"", "f.toml:4:1",
       "did you mean 'roles'?"},
      {"[[server]]\ntype = \"nginx\"", "f.toml:1:1", "'name' in [server] is missing"},
      {"[[server]]\nname = \"s\"", "f.toml:1:1", "'type' in [server] is missing"},
      {"[[server]]\nname = \"s\"\ntype = \"nginx\"\nowner = \"a:b:c\"", "f.toml:4:", "USER:GROUP"},
      {"[[server]]\nname = \"s\"\ntype = \"nginx\"\nmode = \"0999\"", "f.toml:4:", "octal"},
      {"[[server]]\nname = \"s\"\ntype = \"nginx\"\nmode = 640", "f.toml:4:", "quotes"},
      {"[[server]]\nname = \"s\"\ntype = \"nginx\"\nverify = [\"ftp://x:1\"]", "f.toml:4:", "scheme"},
      {"[[server]]\nname = \"s\"\ntype = \"nginx\"\nsettings = { a = 1 }", "f.toml:4:", "not a text"},
      {"[[server]]\nname = \"s\"\ntype = \"nginx\"\nful_chain = \"/x\"", "f.toml:4:1",
       "did you mean 'fullchain'?"},
      {"[ca.own]\nca_bundle = \"/x\"", "f.toml:1:1", "https URL"},
      {"[ca.\"a/b\"]\ndirectory = \"https://x/d\"", "", "a/b"},
      {"ca = 1", "f.toml:1:", "not a table"},
      {"ca.x = 1", "f.toml:1:", "no table"},
  };
  for (const auto& bad : table) {
    const auto fleet = parse_fleet(bad.text, "f.toml");
    ASSERT_THAT(fleet.faults, SizeIs(1)) << bad.text;
    const Trouble& fault = fleet.faults[0];
    EXPECT_THAT(fault.message() + " | " + fault.hint, HasSubstr(bad.word)) << bad.text;
    EXPECT_THAT(fault.what, HasSubstr(bad.place)) << bad.text;
  }
}

TEST(FleetFile, TellsOfEveryFaultyEntryAtOnce) {
  const auto fleet = parse_fleet(
      "[ca.a]\n[[server]]\nname = \"s\"\n[[server]]\nname = \"t\"\ntype = \"generic\"\n"
      "[[certificate]]\nnames = []\n[[certificate]]\nnames = [\"a.b\"]\n[[certificate]]\nnams = [\"c.d\"]\n",
      "f.toml");
  EXPECT_THAT(fleet.faults, SizeIs(4));
  ASSERT_THAT(fleet.servers, SizeIs(2));
  EXPECT_FALSE(fleet.servers[0].sound);
  EXPECT_EQ(fleet.servers[0].server.name, "s") << "so that nobody is told that it does not exist";
  EXPECT_TRUE(fleet.servers[1].sound);
  EXPECT_FALSE(fleet.cas.at(0).sound);
  EXPECT_THAT(fleet.certificates, SizeIs(1));
}

TEST(FleetFile, AFileThatCannotBeReadIsSaid) {
  const auto missing = load_fleet("/nonexistent/fleet.toml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, TroubleKind::usage);
  EXPECT_THAT(missing.error().message(), HasSubstr("/nonexistent/fleet.toml"));
  EXPECT_FALSE(load_fleet("/")) << "a folder";
}

}  // namespace
}  // namespace certmgr::config
