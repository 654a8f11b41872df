// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <unistd.h>

#include <random>

#include "integration/store/process.h"
#include "integration/store/support.h"

namespace certmgr::store {
namespace {

using testing::Bench;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::event;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::sql;

class TheInspector : public ::testing::Test {
 protected:
  TheInspector() {
    const Certificate pbx = bench_.make_certificate("pbx");
    version_ = bench_.issue(pbx);
    bench_.open_order(pbx);
    const Server sip = bench_.make_server("sip");
    bench_.deployments.open_deployment(testing::deployment(version_, sip), event("e", "sip"));
  }
  std::vector<std::string> findings() { return bench_.inspector.check().findings; }

  testing::TemporaryFolder folder_;
  Bench bench_{folder_ / "s.db", "file:" + (folder_ / "store.key")};
  Version version_;
};

TEST_F(TheInspector, counts_and_finds_nothing_in_a_sound_store) {
  const StoreHealth health = bench_.inspector.check();
  EXPECT_THAT(health.findings, IsEmpty());
  EXPECT_EQ(health.certificates, 1);
  EXPECT_EQ(health.keys, 1);
  EXPECT_EQ(health.schema_version, static_cast<int>(migrations().size()));
  EXPECT_EQ(health.events, 7);
}

TEST_F(TheInspector, finds_a_key_that_does_not_open) {
  sql(bench_.database, "UPDATE keys SET sealed = x'01'");
  EXPECT_THAT(findings(), ElementsAre(HasSubstr("cannot open private key " + version_.key_id)));
}

TEST_F(TheInspector, finds_a_key_that_nobody_uses) {
  sql(bench_.database,
      "INSERT INTO keys SELECT 'ffffffffffffffffffffffffffffffff', type, purpose, spki_sha256, sealed, 0 "
      "FROM keys");
  EXPECT_THAT(findings(), Contains("no account, version or order uses key ffffffffffffffffffffffffffffffff"));
}

TEST_F(TheInspector, finds_a_version_without_its_key) {
  sql(bench_.database, "PRAGMA foreign_keys = OFF; DELETE FROM keys; PRAGMA foreign_keys = ON");
  EXPECT_THAT(findings(), Contains("the private key is missing of version 1"));
  EXPECT_THAT(findings(), Contains(HasSubstr("names a row of keys that is not there")));
}

TEST_F(TheInspector, finds_a_wrong_or_missing_count) {
  sql(bench_.database, "UPDATE counts SET count = 7");
  EXPECT_THAT(findings(), ElementsAre("counts: there are 1 certificates, but 7 in the table counts"));
  sql(bench_.database, "DELETE FROM counts");
  EXPECT_THAT(findings(), ElementsAre("counts: there are 1 certificates, but none in the table counts"));
}

TEST_F(TheInspector, finds_rows_that_cannot_be_read) {
  sql(bench_.database,
      "UPDATE orders SET payload = 'x'; UPDATE deployments SET payload = '{}';"
      "UPDATE certificates SET payload = '[]'; UPDATE servers SET payload = '{\"v\":9}'");
  const auto found = findings();
  for (const char* row : {"order 1", "order 2", "deployment 1", "certificate pbx", "server sip"}) {
    EXPECT_THAT(found, Contains(HasSubstr(row))) << row;
  }
}

TEST_F(TheInspector, finds_work_that_nobody_will_do_and_tasks_without_work) {
  sql(bench_.database, "UPDATE tasks SET subject_id = subject_id + 100");
  EXPECT_THAT(findings(),
              ElementsAre(HasSubstr("open order 2"), HasSubstr("order, 102"), HasSubstr("open deployment 1"),
                          HasSubstr("deployment, 101"), HasSubstr("asked about certificate 1")));
}

TEST_F(TheInspector, finds_a_damaged_page_and_goes_on) {
  for (int i = 0; i < 200; ++i) bench_.make_certificate("pbx" + std::to_string(i));
  sql(bench_.database, "PRAGMA wal_checkpoint(TRUNCATE)");
  const std::string path = folder_ / "s.db";
  const std::string root =
      testing::sql_value(bench_.database, "SELECT rootpage FROM sqlite_schema WHERE name = 'orders'");
  std::string content = testing::read_file(path);
  std::fill_n(content.begin() + (std::stol(root) - 1) * 4096, 4096, 'x');
  testing::write_file(path, content);
  Bench again(path, "file:" + (folder_ / "store.key"));
  const StoreHealth health = again.inspector.check();
  EXPECT_THAT(health.findings, Contains(HasSubstr("orders")));
  EXPECT_EQ(health.events, 207);
}

/// Saves orders, versions and deployments as fast as it can, until it is killed.
void work_until_killed(const std::string& path, const std::string& key_source, int number) {
  Bench bench(path, key_source);
  const std::string label = "pbx" + std::to_string(number);
  const Certificate certificate = bench.make_certificate(label);
  const Server server = bench.make_server("server" + std::to_string(number));
  for (;;) {
    const Version version = bench.issue(certificate);
    Deployment deployment = bench.deployments.open_deployment(testing::deployment(version, server),
                                                              event("deployment.pending", label));
    bench.tasks.claim({TaskKind::deployment, deployment.id}, bench.clock.now(), std::chrono::minutes(1),
                      true);
    deployment.state = Verified{bench.clock.now()};
    bench.deployments.save_deployment(deployment, event("deployment.verified", label));
    bench.memory.park_nonce("https://ca.example", std::to_string(version.id));
  }
}

TEST(TheInspectorAtWork, takes_nothing_that_others_write_meanwhile_for_damage) {
  const testing::TemporaryFolder folder;
  const std::string path = folder / "s.db";
  testing::Child writer([&](int descriptor) {
    testing::Bench bench(path);
    for (int i = 0;; ++i) {
      bench.events.append({"test", "pbx", {}});
      if (i == 10) testing::say(descriptor, 'r');
      // Slower than the inspector reads, which would never come to an end otherwise.
      usleep(200);
    }
  });
  ASSERT_EQ(writer.wait_for_word(), 'r');
  Bench bench(path);
  for (int i = 0; i < 150; ++i) EXPECT_THAT(bench.inspector.check().findings, IsEmpty());
}

TEST(ACrash, at_any_moment_leaves_a_sound_store) {
  const testing::TemporaryFolder folder;
  const std::string path = folder / "s.db";
  const std::string key_source = "file:" + (folder / "store.key");
  { Bench(path, key_source).make_certificate("first"); }
  std::minstd_rand random(20261124);
  std::vector<std::unique_ptr<testing::Child>> children;
  for (int i = 0; i < 20; ++i) {
    children.push_back(
        std::make_unique<testing::Child>([&](int) { work_until_killed(path, key_source, i); }));
    usleep(static_cast<useconds_t>(20'000 + random() % 60'000));
    if (i >= 3) {
      auto& victim = children[static_cast<std::size_t>(i - 3)];
      victim->kill();
      EXPECT_EQ(victim->wait(), -9);
    }
  }
  for (std::size_t i = 17; i < 20; ++i) {
    children[i]->kill();
    EXPECT_EQ(children[i]->wait(), -9);
  }
  Bench bench(path, key_source);
  const StoreHealth health = bench.inspector.check();
  EXPECT_THAT(health.findings, IsEmpty());
  EXPECT_GT(health.events, 20);
  bench.issue(bench.make_certificate("after"));
}

}  // namespace
}  // namespace certmgr::store
