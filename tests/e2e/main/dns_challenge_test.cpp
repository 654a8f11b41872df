// SPDX-License-Identifier: MIT
// Proofs over DNS: certmgr, a CA that asks the zone's server, and BIND.
#include <gmock/gmock.h>

#include "e2e/main/dns_world.h"

namespace certmgr::e2e {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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

/// The same with the CA and certmgr at draft -02 of dns-persist-01.
struct HashedWorld : DnsWorld {
  HashedWorld() : DnsWorld("[challenge.dns-persist-01]\n", Ways::without_updates) {
    ca.change([](auto& behaviour) { behaviour.persist_draft = lab::strict::PersistDraft::hashed; });
  }
  void set_draft(const std::string& draft) const {
    const std::string text = lab::read_file(certmgr.config_file());
    const auto at = text.find("[ca.test]\n") + 10;
    lab::write_file(certmgr.config_file(),
                    text.substr(0, at) + "dns_persist_draft = \"" + draft + "\"\n" + text.substr(at));
  }
  /// As a person does who has read the hint.
  void publish(const std::string& record) const {
    const auto commands = certmgr.dir() / "update";
    lab::write_file(commands, "server 127.0.0.1 " + std::to_string(named.port()) +
                                  "\nzone example.com\nupdate delete _validation-persist.example.com. TXT\n"
                                  "update add _validation-persist.example.com. 60 TXT \"" +
                                  record + "\"\nsend\n");
    lab::Process update({.command = {"/usr/bin/nsupdate", "-k", named.key_file().string(), commands.string()},
                         .output = certmgr.dir() / "update.out"});
    ASSERT_EQ(update.wait(std::chrono::seconds(20)), 0) << update.output();
  }
  /// The record that is asked for.
  [[nodiscard]] std::string wanted() const {
    const auto refused = certmgr.run({"issue", "*.example.com", "--challenge", "dns-persist-01", "--json"});
    EXPECT_NE(refused.exit_code, 0);
    const std::string hint = refused.json()["error"]["hint"];
    return hint.substr(hint.rfind(": ") + 2);
  }
  [[nodiscard]] lab::Outcome issue(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"issue", "*.example.com", "--challenge", "dns-persist-01"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return certmgr.run(arguments);
  }
};

TEST(DnsPersist, TheHashedRecordThatIsAskedForIsTheOneTheCaTakes) {
  const HashedWorld world;
  world.set_draft("02");
  const std::string record = world.wanted();
  EXPECT_THAT(record, HasSubstr("/account-hash/sha-256/"));
  world.publish(record);
  const auto issued = world.issue();
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_THAT(world.txt("_validation-persist.example.com"), HasSubstr("sha-256")) << "it stays";
  EXPECT_THAT(world.ca.violations(), IsEmpty());
}

TEST(DnsPersist, ARecordThatEndsSoonIsWarnedOf) {
  const HashedWorld world;
  world.set_draft("02");
  const auto tomorrow = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()) + 86400;
  world.publish(world.wanted() + "; persistUntil=" + std::to_string(tomorrow));
  const auto issued = world.issue();
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_THAT(issued.errors, HasSubstr("_validation-persist.example.com ends at "));
}

TEST(DnsPersist, ANewAccountKeyWantsANewRecord) {
  const HashedWorld world;
  world.set_draft("02");
  const std::string before = world.wanted();
  world.publish(before);
  ASSERT_EQ(world.issue().exit_code, 0);
  ASSERT_EQ(world.certmgr.run({"account", "rotate-key"}).exit_code, 0);
  const auto refused = world.certmgr.run({"renew", "--force", "wildcard.example.com", "--json"});
  EXPECT_THAT(refused.json()["error"]["message"].get<std::string>(), HasSubstr("an earlier key"));
}

TEST(DnsPersist, TheDraftsAreNotMixed) {
  const HashedWorld world;
  EXPECT_THAT(world.wanted(), HasSubstr("/account/"))
      << "without a word in the configuration: the account's URL";
  world.set_draft("03");
  EXPECT_EQ(world.issue().exit_code, 2);
}

}  // namespace
}  // namespace certmgr::e2e
