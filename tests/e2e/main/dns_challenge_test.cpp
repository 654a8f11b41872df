// SPDX-License-Identifier: MIT
// Proofs over DNS: certmgr, a CA that asks the zone's server, and BIND.
#include <gmock/gmock.h>

#include "lab/certmgr.h"
#include "lab/named.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::e2e {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string local(int port) { return "127.0.0.1:" + std::to_string(port); }

enum class Ways { with_updates, without_updates };

/// BIND for example.com, the CA that asks it, and certmgr with the key for updates.
struct DnsWorld {
  explicit DnsWorld(const std::string& extra = {}, Ways ways = Ways::with_updates)
      : named({.zones = {{"example.com",
                          "@ NS ns\nns A 127.0.0.1\n_acme-challenge.alias CNAME proofs.example.com.\n"}}}),
        ca({.dns_server = local(named.port())}),
        certmgr(CERTMGR_TEST_PROGRAM, config(extra, ways)) {}

  [[nodiscard]] lab::CertmgrConfig config(const std::string& extra, Ways ways) const {
    auto config = lab::config_for(ca);
    config.http_port = 0;
    const std::string resolvers = "resolvers = [\"" + local(named.port()) + "\"]\n";
    config.extra = "[challenge.dns-01]\n" + resolvers + extra;
    if (ways == Ways::without_updates) return config;
    config.extra = "[dns.bind]\ntype = \"rfc2136\"\nserver = \"" + local(named.port()) + "\"\nkey_file = \"" +
                   named.key_file().string() + "\"\n[challenge.dns-01]\nprovider = \"bind\"\n" + resolvers +
                   extra;
    return config;
  }

  /// What dig says of TXT records at a name.
  [[nodiscard]] std::string txt(const std::string& name) const {
    lab::TempDir dir;
    lab::Process dig(
        {.command = {"/usr/bin/dig", "@127.0.0.1", "-p", std::to_string(named.port()), "+short", "TXT", name},
         .output = dir / "dig"});
    dig.wait(std::chrono::seconds(20));
    return dig.output();
  }

  lab::Named named;
  lab::StrictCa ca;
  lab::Certmgr certmgr;
};

TEST(DnsChallenge, AWildcardAndItsNameAreProvenAtOneNameAndTheRecordsGoAgain) {
  const DnsWorld world;
  const auto issued =
      world.certmgr.run({"issue", "example.com", "*.example.com", "--challenge", "dns-01", "--json"});
  ASSERT_EQ(issued.exit_code, 0) << issued.errors << issued.output;
  EXPECT_THAT(issued.json()["certificate"]["identifiers"], ElementsAre("*.example.com", "example.com"));
  EXPECT_THAT(world.txt("_acme-challenge.example.com"), IsEmpty());
  EXPECT_THAT(world.ca.violations(), IsEmpty());
}

TEST(DnsChallenge, AnAliasIsFollowedToWhereTheValueGoes) {
  const DnsWorld world;
  const auto issued = world.certmgr.run({"issue", "alias.example.com", "--dns", "bind"});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_THAT(world.txt("proofs.example.com"), IsEmpty());
}

TEST(DnsChallenge, TheAccountsOwnLabelProvesToo) {
  const DnsWorld world("[challenge.dns-account-01]\nprovider = \"bind\"\n");
  const auto issued = world.certmgr.run({"issue", "*.example.com", "--challenge", "dns-account-01"});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_THAT(world.ca.violations(), IsEmpty());
}

TEST(DnsChallenge, AMissingPersistentRecordIsSpelledOut) {
  const DnsWorld world("[challenge.dns-persist-01]\n", Ways::without_updates);
  const auto refused =
      world.certmgr.run({"issue", "*.example.com", "--challenge", "dns-persist-01", "--json"});
  EXPECT_NE(refused.exit_code, 0);
  const auto error = refused.json()["error"];
  EXPECT_EQ(error["code"], "persist_record_missing") << error;
  EXPECT_THAT(error["hint"].get<std::string>(), HasSubstr("_validation-persist.example.com"));
  EXPECT_THAT(error["hint"].get<std::string>(), HasSubstr("accounturi=https://"));
}

TEST(DnsChallenge, AWayThatDoesNotWorkHereGivesItsPlaceToTheNextAndSaysSo) {
  const DnsWorld world;
  const auto issued = world.certmgr.run({"issue", "sip.example.com", "--challenge", "dns-persist-01"});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors << issued.output;
  EXPECT_THAT(issued.errors, HasSubstr("_validation-persist.sip.example.com"));
  EXPECT_THAT(issued.errors, HasSubstr("another way of proof is tried"));
  EXPECT_THAT(world.ca.violations(), IsEmpty());
}

}  // namespace
}  // namespace certmgr::e2e
