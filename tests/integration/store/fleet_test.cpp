// SPDX-License-Identifier: MIT
#include "adapters/store/fleet_store.h"
#include "integration/store/stores_fixture.h"

namespace certmgr::store::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class FleetTest : public Stores {
 protected:
  SqliteFleetStore fleet_{bench_.database, bench_.clock};

  static FleetCertificate wanted(const std::string& label, std::vector<std::string> servers = {}) {
    return {0, spec(label), std::move(servers)};
  }
  static CaEntry ca(const std::string& name) {
    CaEntry entry;
    entry.name = name;
    entry.directory = "https://ca.example/" + name;
    entry.account = "customers";
    entry.eab_kid = "kid";
    entry.eab_hmac_file = "/etc/hmac";
    entry.key_type = KeyType::rsa_3072;
    entry.timeout = std::chrono::seconds(7);
    entry.at_once = 3;
    entry.orders_per_minute = 4;
    entry.persist_draft = PersistDraft::draft_02;
    entry.levels = {CertificateLevel::dv, CertificateLevel::ev};
    entry.public_rules = false;
    entry.placeholder_first = true;
    entry.eab_once = true;
    entry.limits = {{{LimitKind::orders, {300, std::chrono::hours(3)}}}, true};
    return entry;
  }
  FleetPlan apply(const Fleet& wanted, bool prune = false) {
    const Fleet present = fleet_.present();
    auto plan = plan_fleet(wanted, present, prune);
    fleet_.apply(plan, wanted, present);
    return plan;
  }
  std::string value(const std::string& query) { return sql_value(bench_.database, query); }
  std::string renewal_due(const std::string& label) {
    return value(
        "SELECT due_at FROM tasks JOIN certificates ON id = subject_id WHERE kind = 'renewal'"
        " AND label = '" +
        label + "'");
  }
  void let_renewals_sleep() { sql(bench_.database, "UPDATE tasks SET due_at = 9000000000000"); }
};

TEST_F(FleetTest, WhatIsAppliedIsWhatIsThereAfterwards) {
  const Fleet fleet{
      {ca("own")}, {server("pbx"), server("web")}, {wanted("a", {"pbx"}), wanted("b", {"web"})}};
  const auto plan = apply(fleet);
  EXPECT_EQ(plan.counts.create, 5U);
  const Fleet present = fleet_.present();
  EXPECT_EQ(present.cas, fleet.cas);
  EXPECT_EQ(fleet_.cas(), fleet.cas);
  EXPECT_TRUE(plan_fleet(fleet, present, true).empty());
  EXPECT_THAT(bench_.certificates.servers_of(bench_.certificates.find("a")->id), SizeIs(1));
  expect_sound();
}

TEST_F(FleetTest, ACaWithNothingUnusualReadsAndIsWrittenAsOlderProgramsDoIt) {
  CaEntry plain;
  plain.name = "plain";
  plain.directory = "https://ca.example/plain";
  apply({{plain}, {}, {}});
  const auto payload = value("SELECT payload FROM cas");
  for (const char* word : {"levels", "public_rules", "placeholder_first", "eab_once"})
    EXPECT_EQ(payload.find(word), std::string::npos) << payload;
  EXPECT_EQ(fleet_.cas(), std::vector{plain});
}

TEST_F(FleetTest, ALevelNobodyKnowsIsNoticed) {
  apply({{ca("own")}, {}, {}});
  sql(bench_.database, R"(UPDATE cas SET payload = replace(payload, '"ev"', '"qv"'))");
  EXPECT_THROW(fleet_.cas(), Failure);
}

TEST_F(FleetTest, EveryChangeIsOneEventAndTheChainHolds) {
  apply({{ca("own")}, {server("pbx")}, {wanted("a", {"pbx"})}});
  EXPECT_EQ(event_count(), 3U);
  auto changed = wanted("a", {"pbx"});
  changed.spec.key_type = KeyType::rsa_2048;
  apply({{ca("own")}, {server("pbx")}, {changed}});
  EXPECT_EQ(event_count(), 4U);
  const auto newest = bench_.events.events("a", 1).at(0).draft;
  EXPECT_EQ(newest.kind, "certificate.changed");
  EXPECT_EQ(newest.data.at("changes"), "key_type: ecdsa-p256 -> rsa-2048");
  apply({{ca("own")}, {server("pbx")}, {changed}});
  EXPECT_EQ(event_count(), 4U) << "the second time nothing happens";
  expect_sound();
}

TEST_F(FleetTest, ANewCertificateIsDueForItsRenewalNow) {
  apply({{}, {server("pbx")}, {wanted("a", {"pbx"})}});
  EXPECT_EQ(renewal_due("a"), std::to_string(bench_.clock.now().time_since_epoch().count()));
  EXPECT_EQ(value("SELECT state FROM renewals"), "new");
  EXPECT_EQ(value("SELECT count(*) FROM watches"), "1");
  EXPECT_EQ(value("SELECT count(*) FROM tasks WHERE kind = 'watch'"), "1");
}

TEST_F(FleetTest, AChangedOneIsWokenAndAnUnchangedOneIsNot) {
  apply({{}, {server("pbx"), server("web")}, {wanted("a"), wanted("b"), wanted("c", {"pbx"})}});
  let_renewals_sleep();
  auto respecified = wanted("b");
  respecified.spec.ca = "zerossl";
  apply({{}, {server("pbx"), server("web")}, {wanted("a"), respecified, wanted("c", {"pbx", "web"})}});
  const std::string now = std::to_string(bench_.clock.now().time_since_epoch().count());
  EXPECT_EQ(renewal_due("a"), "9000000000000");
  EXPECT_EQ(renewal_due("b"), now);
  EXPECT_EQ(renewal_due("c"), now) << "another server needs a deployment";
  expect_sound();
}

TEST_F(FleetTest, AServerMovesFromOneCertificateToAnother) {
  apply({{}, {server("pbx")}, {wanted("a", {"pbx"}), wanted("b")}});
  apply({{}, {server("pbx")}, {wanted("a"), wanted("b", {"pbx"})}});
  const auto on = bench_.certificates.certificates_on(bench_.servers.find_server("pbx")->id);
  EXPECT_THAT(labels(on), ElementsAre("b"));
  EXPECT_EQ(value("SELECT count(*) FROM watches"), "1") << "it is still watched";
  apply({{}, {server("pbx")}, {wanted("a"), wanted("b")}});
  EXPECT_EQ(value("SELECT count(*) FROM watches"), "0") << "nothing is deployed there any more";
  EXPECT_EQ(value("SELECT count(*) FROM tasks WHERE kind = 'watch'"), "0");
  expect_sound();
}

TEST_F(FleetTest, ADeploymentThatHasNotBegunEndsWhenItsServerIsTaken) {
  apply({{}, {server("pbx")}, {wanted("a", {"pbx"})}});
  const auto certificate = *bench_.certificates.find("a");
  const auto version = bench_.issue(certificate);
  auto open = bench_.deployments.open_deployment(deployment(version, *bench_.servers.find_server("pbx")),
                                                 event("deployment.pending", "a"));
  apply({{}, {server("pbx")}, {wanted("a")}});
  const auto ended = bench_.deployments.deployment(open.id)->state;
  ASSERT_TRUE(std::holds_alternative<DeployFailed>(ended));
  EXPECT_EQ(std::get<DeployFailed>(ended).cause.code, "detached");
  expect_sound();
}

TEST_F(FleetTest, ADeploymentHalfWayKeepsItsServer) {
  apply({{}, {server("pbx")}, {wanted("a", {"pbx"})}});
  const auto version = bench_.issue(*bench_.certificates.find("a"));
  auto open = bench_.deployments.open_deployment(deployment(version, *bench_.servers.find_server("pbx")),
                                                 event("deployment.pending", "a"));
  open.state = Staged{};
  bench_.deployments.save_deployment(open, event("deployment.staged", "a"));
  const auto before = fleet_.present();
  EXPECT_EQ(failure_of([&] { apply({{}, {server("pbx")}, {wanted("a")}}); }).code, "certificate_busy");
  EXPECT_EQ(failure_of([&] { apply({}, true); }).code, "certificate_busy");
  EXPECT_EQ(fleet_.present(), before);
}

TEST_F(FleetTest, ItIsAllOrNothing) {
  apply({{}, {}, {wanted("busy")}});
  const auto order = bench_.open_order(*bench_.certificates.find("busy"));
  ASSERT_EQ(bench_.tasks.claim({TaskKind::order, order.id}, bench_.clock.now(), std::chrono::minutes(5), true)
                .result,
            ClaimResult::claimed);
  const auto before = fleet_.present();
  const auto events = event_count();
  const auto trouble = failure_of([&] { apply({{ca("x")}, {server("s")}, {wanted("new", {"s"})}}, true); });
  EXPECT_EQ(trouble.code, "certificate_busy");
  EXPECT_EQ(trouble.kind, TroubleKind::waiting);
  EXPECT_EQ(fleet_.present(), before);
  EXPECT_EQ(event_count(), events);
  expect_sound();
}

TEST_F(FleetTest, APlanForAnotherStoreIsRefused) {
  const Fleet present = fleet_.present();
  const Fleet fleet{{}, {}, {wanted("a")}};
  const auto plan = plan_fleet(fleet, present, false);
  bench_.make_server("meanwhile");
  EXPECT_EQ(failure_of([&] { fleet_.apply(plan, fleet, present); }).code, "conflict");
  EXPECT_FALSE(bench_.certificates.find("a"));
}

TEST_F(FleetTest, PruningTakesEverythingThatBelongsToACertificate) {
  apply({{ca("own")}, {server("pbx")}, {wanted("a", {"pbx"}), wanted("b")}});
  const auto version = bench_.issue(*bench_.certificates.find("a"));
  auto open = bench_.deployments.open_deployment(deployment(version, *bench_.servers.find_server("pbx")),
                                                 event("deployment.pending", "a"));
  bench_.open_order(*bench_.certificates.find("b"));
  sql(bench_.database,
      "INSERT INTO revocations VALUES (" + std::to_string(version.id) + ", 1, 'superseded', 1)");
  sql(bench_.database,
      "INSERT INTO renewal_infos VALUES (" + std::to_string(version.id) + ", 1, 2, 1, '', 1)");
  const auto events = event_count();
  apply({}, true);
  for (const char* table : {"certificates", "versions", "orders", "deployments", "revocations", "renewals",
                            "renewal_infos", "watches", "tasks", "keys", "cas", "certificate_servers"})
    EXPECT_EQ(value(std::string("SELECT count(*) FROM ") + table), "0") << table;
  EXPECT_EQ(event_count(), events + 4);
  EXPECT_TRUE(bench_.servers.servers().empty());
  expect_sound();
}

TEST_F(FleetTest, RemovingOneLeavesTheOthers) {
  apply({{}, {server("pbx"), server("web")}, {wanted("a", {"pbx"}), wanted("b", {"web"})}});
  const auto a = bench_.issue(*bench_.certificates.find("a"));
  const auto b = bench_.issue(*bench_.certificates.find("b"));
  fleet_.remove_certificate(bench_.certificates.find("a")->id);
  EXPECT_FALSE(bench_.certificates.find("a"));
  EXPECT_FALSE(bench_.certificates.key(a.key_id));
  EXPECT_TRUE(bench_.certificates.key(b.key_id));
  EXPECT_EQ(value("SELECT count(*) FROM watches"), "1");
  EXPECT_EQ(bench_.events.events("a", 1).at(0).draft.kind, "certificate.removed");
  EXPECT_EQ(bench_.events.events("a", 1).at(0).draft.data.at("versions"), "1");
  EXPECT_EQ(failure_of([&] { fleet_.remove_certificate(12345); }).code, "conflict");
  expect_sound();
}

TEST_F(FleetTest, ACertificateThatIsWorkedOnIsNotRemoved) {
  apply({{}, {}, {wanted("a")}});
  const auto id = bench_.certificates.find("a")->id;
  const TaskRef renewal{TaskKind::renewal, id};
  ASSERT_EQ(bench_.tasks.claim(renewal, bench_.clock.now(), std::chrono::minutes(5), true).result,
            ClaimResult::claimed);
  const auto trouble = failure_of([&] { fleet_.remove_certificate(id); });
  EXPECT_EQ(trouble.code, "certificate_busy");
  EXPECT_THAT(trouble.why, HasSubstr("pid "));
  bench_.tasks.release(renewal);
  fleet_.remove_certificate(id);
  EXPECT_FALSE(bench_.certificates.find("a"));
}

TEST_F(FleetTest, TakesThousandsInOneTransaction) {
  Fleet fleet;
  for (int i = 0; i < 2000; ++i) fleet.certificates.push_back(wanted("c" + std::to_string(i)));
  EXPECT_EQ(apply(fleet).counts.create, 2000U);
  EXPECT_TRUE(apply(fleet).empty());
  EXPECT_EQ(value("SELECT count(*) FROM tasks WHERE kind = 'renewal'"), "2000");
  EXPECT_EQ(value("SELECT count(*) FROM events"), "2000");
  expect_sound();
}

}  // namespace
}  // namespace certmgr::store::testing
