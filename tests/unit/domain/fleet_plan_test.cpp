// SPDX-License-Identifier: MIT
#include "certmgr/domain/fleet_plan.h"

#include <gmock/gmock.h>

#include <functional>

namespace certmgr {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CaEntry ca(const std::string& name) {
  CaEntry entry;
  entry.name = name;
  entry.directory = "https://" + name + ".example/dir";
  return entry;
}

Server server(const std::string& name) {
  Server made;
  made.name = name;
  made.type = "generic";
  made.files.combined = "/etc/" + name + ".pem";
  return made;
}

FleetCertificate certificate(const std::string& label, std::vector<std::string> servers = {}) {
  FleetCertificate made;
  made.spec.label = label;
  made.spec.identifiers = {{IdentifierType::dns, label}};
  made.spec.ca = "own";
  made.spec.challenge.listen = "[::]:80";
  made.servers = std::move(servers);
  return made;
}

/// "+ server pbx"
std::vector<std::string> lines(const FleetPlan& plan) {
  std::vector<std::string> all;
  for (const auto& change : plan.changes)
    all.push_back(std::string(to_string(change.action)) + " " + std::string(to_string(change.part)) + " " +
                  change.name);
  return all;
}

TEST(FleetPlan, OfNothingIsEmpty) {
  const auto plan = plan_fleet({}, {}, true);
  EXPECT_TRUE(plan.empty());
  EXPECT_THAT(plan.changes, IsEmpty());
}

TEST(FleetPlan, MakesFirstWhatOthersNeedAndRemovesInTheReverseOrder) {
  const Fleet wanted{
      {ca("new-ca")}, {server("new-server")}, {certificate("b.example"), certificate("a.example")}};
  const Fleet present{{ca("old-ca")}, {server("old-server")}, {certificate("old.example")}};
  EXPECT_THAT(lines(plan_fleet(wanted, present, true)),
              ElementsAre("create ca new-ca", "create server new-server", "create certificate a.example",
                          "create certificate b.example", "remove certificate old.example",
                          "remove server old-server", "remove ca old-ca"));
}

TEST(FleetPlan, LeavesAloneWhatIsNotWantedUnlessItIsToPrune) {
  const Fleet present{{ca("x")}, {server("x"), server("y")}, {certificate("x.example")}};
  const auto plan = plan_fleet({}, present, false);
  EXPECT_TRUE(plan.empty());
  EXPECT_EQ(plan.cas_left, 1U);
  EXPECT_EQ(plan.servers_left, 2U);
  EXPECT_EQ(plan.certificates_left, 1U);
  const auto pruned = plan_fleet({}, present, true);
  EXPECT_EQ(pruned.counts, (FleetCounts{0, 0, 4, 0}));
  EXPECT_EQ(pruned.servers_left + pruned.cas_left + pruned.certificates_left, 0U);
}

TEST(FleetPlan, DoesNotSeeWhatOnlyTheStoreKnows) {
  Fleet present{{ca("x")}, {server("s")}, {certificate("a.example", {"s"})}};
  const Fleet wanted = present;
  present.servers[0].id = 7;
  present.servers[0].seal = "v1:aa";
  present.certificates[0].id = 9;
  const auto plan = plan_fleet(wanted, present, true);
  EXPECT_TRUE(plan.empty());
  EXPECT_EQ(plan.counts.unchanged, 3U);
}

TEST(FleetPlan, EveryDifferenceOfACertificateIsNamed) {
  struct Row {
    std::function<void(FleetCertificate&)> change;
    std::string line;
    bool respecified;
  };
  const Row rows[] = {
      {[](auto& c) {
         c.spec.identifiers.push_back({IdentifierType::dns, "b.example"});
       },
       "names: a.example -> a.example, b.example", true},
      {[](auto& c) { c.spec.ca = "other"; }, "ca: own -> other", true},
      {[](auto& c) {
         c.spec.fallback_cas = {"second", "third"};
       },
       "fallback_cas: as configured -> second, third", true},
      {[](auto& c) { c.spec.fallback_cas.emplace(); }, "fallback_cas: as configured -> nobody", true},
      {[](auto& c) { c.spec.level = "ov"; }, "level: dv -> ov", true},
      {[](auto& c) { c.spec.key_type = KeyType::rsa_2048; }, "key_type: ecdsa-p256 -> rsa-2048", true},
      {[](auto& c) { c.spec.challenge.webroot = "/w"; }, "webroot: none -> /w", true},
      {[](auto& c) { c.spec.challenge.listen = "[::]:81"; }, "http_listen: [::]:80 -> [::]:81", true},
      {[](auto& c) {
         c.servers = {"s", "t"};
       },
       "servers: s -> s, t", false},
      {[](auto& c) { c.servers.clear(); }, "servers: s -> none", false},
  };
  for (const auto& row : rows) {
    const Fleet present{{}, {}, {certificate("a.example", {"s"})}};
    Fleet wanted = present;
    row.change(wanted.certificates[0]);
    const auto plan = plan_fleet(wanted, present, false);
    ASSERT_EQ(plan.counts, (FleetCounts{0, 1, 0, 0})) << row.line;
    EXPECT_THAT(plan.changes[0].differences, ElementsAre(row.line));
    EXPECT_EQ(plan.changes[0].respecified, row.respecified) << row.line;
  }
}

TEST(FleetPlan, EveryDifferenceOfAServerIsNamed) {
  struct Row {
    std::function<void(Server&)> change;
    std::string line;
  };
  const Row rows[] = {
      {[](auto& s) { s.type = "nginx"; }, "type: generic -> nginx"},
      {[](auto& s) { s.files.key = "/k"; }, "key: none -> /k"},
      {[](auto& s) { s.files.cert = "/c"; }, "cert: none -> /c"},
      {[](auto& s) { s.files.chain = "/c"; }, "chain: none -> /c"},
      {[](auto& s) { s.files.fullchain = "/f"; }, "fullchain: none -> /f"},
      {[](auto& s) { s.files.combined = "/n"; }, "combined: /etc/s.pem -> /n"},
      {[](auto& s) { s.owner = "root"; }, "owner: none -> root"},
      {[](auto& s) { s.group = "kamailio"; }, "group: none -> kamailio"},
      {[](auto& s) { s.mode = 0640U; }, "mode: none -> 0640"},
      {[](auto& s) { s.hook = "/h"; }, "hook: none -> /h"},
      {[](auto& s) { s.settings["a"] = "b"; }, "settings: none -> a=b"},
      {[](auto& s) {
         s.verify = {{"tls", "h", 5061, ""}};
       },
       "verify: none -> tls://h:5061"},
  };
  for (const auto& row : rows) {
    const Fleet present{{}, {server("s")}, {}};
    Fleet wanted = present;
    row.change(wanted.servers[0]);
    const auto plan = plan_fleet(wanted, present, false);
    ASSERT_EQ(plan.counts, (FleetCounts{0, 1, 0, 0})) << row.line;
    EXPECT_THAT(plan.changes[0].differences, ElementsAre(row.line));
  }
}

TEST(FleetPlan, EveryDifferenceOfACaIsNamed) {
  struct Row {
    std::function<void(CaEntry&)> change;
    std::string line;
  };
  const Row rows[] = {
      {[](auto& c) { c.directory = "https://y/d"; }, "directory: https://x.example/dir -> https://y/d"},
      {[](auto& c) { c.ca_bundle = "/b"; }, "ca_bundle: none -> /b"},
      {[](auto& c) { c.account = "a"; }, "account: none -> a"},
      {[](auto& c) { c.eab_kid = "k"; }, "eab_kid: none -> k"},
      {[](auto& c) { c.eab_hmac_file = "/h"; }, "eab_hmac_file: none -> /h"},
      {[](auto& c) { c.key_type = KeyType::ecdsa_p384; }, "key_type: none -> ecdsa-p384"},
      {[](auto& c) { c.timeout = std::chrono::seconds(5); }, "timeout: 30 -> 5"},
      {[](auto& c) { c.at_once = 2; }, "at_once: 8 -> 2"},
      {[](auto& c) { c.orders_per_minute = 2; }, "orders_per_minute: 0 -> 2"},
  };
  for (const auto& row : rows) {
    const Fleet present{{ca("x")}, {}, {}};
    Fleet wanted = present;
    row.change(wanted.cas[0]);
    const auto plan = plan_fleet(wanted, present, false);
    ASSERT_EQ(plan.counts, (FleetCounts{0, 1, 0, 0})) << row.line;
    EXPECT_THAT(plan.changes[0].differences, ElementsAre(row.line));
  }
}

TEST(FleetPlan, EveryChangePointsAtBothSides) {
  const Fleet wanted{{}, {}, {certificate("c.example"), certificate("a.example", {"s"})}};
  const Fleet present{{}, {}, {certificate("z.example"), certificate("a.example")}};
  const auto plan = plan_fleet(wanted, present, true);
  ASSERT_EQ(plan.changes.size(), 3U);
  EXPECT_EQ(plan.changes[0].wanted, 1U);  // a.example
  EXPECT_EQ(plan.changes[0].present, 1U);
  EXPECT_EQ(plan.changes[1].wanted, 0U);   // c.example
  EXPECT_EQ(plan.changes[2].present, 0U);  // z.example
}

/// The time limit of the test is what would tell of a walk that takes n * n steps.
TEST(FleetPlan, TakesTensOfThousandsOfCertificates) {
  constexpr int kCount = 50'000;
  Fleet wanted;
  for (int i = 0; i < kCount; ++i)
    wanted.certificates.push_back(certificate("c" + std::to_string(i) + ".example"));
  Fleet present = wanted;
  present.certificates.resize(kCount / 2);
  for (int i = 0; i < 100; ++i) present.certificates[static_cast<std::size_t>(i)].spec.ca = "other";
  present.certificates.push_back(certificate("gone.example"));
  const auto plan = plan_fleet(wanted, present, true);
  EXPECT_EQ(plan.counts, (FleetCounts{kCount / 2, 100, 1, kCount / 2 - 100}));
}

FleetOrganization organization(const std::string& name) {
  FleetOrganization made;
  made.organization.record.name = name;
  made.organization.record.legal_name = name + " GmbH";
  return made;
}

FleetOrganization validated(FleetOrganization entry, ValidationState state) {
  OrganizationValidation validation;
  validation.ca = "sectigo";
  validation.state = state;
  entry.organization.id = 7;
  entry.standing.push_back(validation);
  return entry;
}

Fleet only(std::vector<FleetOrganization> organizations) {
  Fleet fleet;
  fleet.organizations = std::move(organizations);
  return fleet;
}

TEST(FleetPlan, OrganizationsComeBeforeTheCertificatesThatCanNameThem) {
  Fleet wanted{{}, {server("s")}, {certificate("a.example")}};
  wanted.organizations = {organization("new")};
  Fleet present{{}, {}, {certificate("old.example")}};
  present.organizations = {organization("old")};
  EXPECT_THAT(lines(plan_fleet(wanted, present, true)),
              ElementsAre("create server s", "create organization new", "create certificate a.example",
                          "remove certificate old.example", "remove organization old"));
  EXPECT_EQ(plan_fleet(wanted, present, false).organizations_left, 1U);
}

TEST(FleetPlan, SaysWhatAnEditOfAnOrganizationSuspends) {
  const auto before = validated(organization("acme"), ValidationState::validated);
  EXPECT_TRUE(plan_fleet(only({organization("acme")}), only({before}), true).empty())
      << "only the store knows ids and validations";
  auto renamed = organization("acme");
  renamed.organization.record.legal_name = "Acme AG";
  const auto plan = plan_fleet(only({renamed}), only({before}), false);
  ASSERT_EQ(plan.counts.change, 1U);
  EXPECT_THAT(plan.changes[0].differences, ElementsAre("legal_name: acme GmbH -> Acme AG"));
  EXPECT_THAT(plan.changes[0].effects, ElementsAre("suspends the ov validation at sectigo"));
  auto called = organization("acme");
  called.organization.record.phone = "+49 30 1234567";
  EXPECT_THAT(plan_fleet(only({called}), only({before}), false).changes[0].effects, IsEmpty());
  EXPECT_THAT(plan_fleet(only({}), only({before}), true).changes[0].effects,
              ElementsAre("ends the ov validation at sectigo"));
}

}  // namespace
}  // namespace certmgr
