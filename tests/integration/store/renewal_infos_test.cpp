// SPDX-License-Identifier: MIT
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <sqlite3.h>

#include "adapters/store/migrations.h"
#include "adapters/store/renewal_info_store.h"
#include "integration/store/stores_fixture.h"

namespace certmgr::store {
namespace {

using namespace std::chrono_literals;
using testing::event;
using testing::failure_of;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::sql;
using testing::sql_value;

class RenewalInfos : public testing::Stores {
 protected:
  SqliteRenewalInfoStore renewal_info_store_{bench_.database, bench_.clock};
  RenewalInfoStore& infos_ = renewal_info_store_;
  Certificate pbx_ = bench_.make_certificate("pbx");
  TaskRef task() const { return {TaskKind::renewal_info, pbx_.id}; }
  TaskRef renewal() const { return {TaskKind::renewal, pbx_.id}; }
  void let_renewal_sleep() {
    sql(bench_.database, "UPDATE tasks SET due_at = 9000000000000 WHERE kind = 'renewal'");
  }
  RenewalInfo window(Duration from, Duration to) const {
    return {bench_.clock.now() + from, bench_.clock.now() + to, {}};
  }
  SuggestedRenewal save(const Version& version, const RenewalInfo& info, double chance) {
    return infos_.save_suggestion(version.id, info, chance, event("renewal.suggested", "pbx"));
  }
};

TEST_F(RenewalInfos, are_asked_for_soon_after_each_version_and_at_its_ca) {
  EXPECT_EQ(claim(task()).result, ClaimResult::gone);
  EXPECT_FALSE(infos_.ask_at(pbx_.id));
  bench_.issue(pbx_);
  const Instant first = infos_.ask_at(pbx_.id).value();
  EXPECT_GT(first, bench_.clock.now()) << "not within the order";
  EXPECT_LE(first, bench_.clock.now() + 1min);
  EXPECT_EQ(sql_value(bench_.database, "SELECT lane || ' ' || party FROM tasks WHERE kind = 'renewal_info'"),
            "renewal_info:" + std::to_string(pbx_.id) + " ca:" + pbx_.spec.ca);
  infos_.ask_again(pbx_.id, bench_.clock.now() + 6h);
  EXPECT_EQ(claim(task()).due_at, bench_.clock.now() + 6h);
  pbx_.spec.ca = "other";
  bench_.issue(pbx_);
  EXPECT_EQ(infos_.ask_at(pbx_.id), first) << "the new version is asked about like the first";
  EXPECT_EQ(sql_value(bench_.database, "SELECT party FROM tasks WHERE kind = 'renewal_info'"), "ca:other");
  expect_sound();
}

TEST_F(RenewalInfos, keep_the_moment_that_was_chosen_while_the_window_stays) {
  const Version version = bench_.issue(pbx_);
  EXPECT_FALSE(infos_.suggested(version.id));
  const auto first = save(version, window(100h, 200h), 0.5);
  EXPECT_EQ(first.renew_at, bench_.clock.now() + 150h);
  EXPECT_EQ(infos_.suggested(version.id), first);
  EXPECT_EQ(save(version, window(100h, 200h), 0.1), first);
  RenewalInfo explained = window(100h, 200h);
  explained.explanation_url = "https://ca.example/why";
  EXPECT_EQ(save(version, explained, 0.1).renew_at, first.renew_at);
  EXPECT_EQ(infos_.suggested(version.id)->info, explained);
  EXPECT_EQ(save(version, window(10h, 20h), 0.1).renew_at, bench_.clock.now() + 11h);
  expect_sound();
}

TEST_F(RenewalInfos, wake_the_renewal_and_are_told_only_when_they_are_news) {
  const Version version = bench_.issue(pbx_);
  let_renewal_sleep();
  const std::size_t events = event_count();
  const auto first = save(version, window(100h, 200h), 0.5);
  EXPECT_EQ(claim(renewal()).result, ClaimResult::claimed);
  EXPECT_EQ(event_count(), events + 1);
  EXPECT_EQ(bench_.events.events("pbx", 1).at(0).draft.data.at("renew_at"), to_rfc3339(first.renew_at));
  let_renewal_sleep();
  save(version, window(100h, 200h), 0.9);
  EXPECT_EQ(claim(renewal()).result, ClaimResult::not_due);
  EXPECT_EQ(event_count(), events + 1);
  EXPECT_EQ(failure_of([&] { save(Version{}, window(1h, 2h), 0); }).code, "bug");
}

TEST_F(RenewalInfos, with_reasons_are_listed_for_current_versions) {
  const Version old = bench_.issue(pbx_);
  EXPECT_THAT(infos_.explained(10), IsEmpty());
  RenewalInfo explained = window(-2h, -1h);
  explained.explanation_url = "https://ca.example/why";
  save(old, explained, 0);
  ASSERT_THAT(infos_.explained(10), SizeIs(1));
  EXPECT_EQ(infos_.explained(10)[0].label, "pbx");
  EXPECT_EQ(infos_.explained(10)[0].suggested.info, explained);
  save(bench_.issue(pbx_), window(100h, 200h), 0);
  EXPECT_THAT(infos_.explained(10), IsEmpty()) << "it is replaced";
}

int remember(unsigned, void* last, void* statement, void*) {
  *static_cast<std::string*>(last) = sqlite3_sql(static_cast<sqlite3_stmt*>(statement));
  return 0;
}

TEST_F(RenewalInfos, that_are_explained_are_found_without_a_look_at_every_version) {
  bench_.issue(pbx_);
  // SQLite then knows of few versions, and nothing of the others.
  sql(bench_.database, "ANALYZE");
  std::string statement;
  bench_.database.read("trace", [&](SQLite::Database& connection) {
    sqlite3_trace_v2(connection.getHandle(), SQLITE_TRACE_STMT, remember, &statement);
  });
  EXPECT_THAT(infos_.explained(10), IsEmpty());
  bench_.database.read("plan", [&](SQLite::Database& connection) {
    sqlite3_trace_v2(connection.getHandle(), 0, nullptr, nullptr);
    SQLite::Statement plan(connection, "EXPLAIN QUERY PLAN " + statement);
    ASSERT_TRUE(plan.executeStep());
    EXPECT_EQ(plan.getColumn(3).getString(), "SCAN i USING INDEX renewal_infos_explained") << statement;
  });
}

TEST(RenewalInfosOfAnOlderStore, are_asked_for_within_six_hours_where_there_is_a_version) {
  std::vector<Migration> before;
  for (const Migration& migration : migrations()) {
    if (migration.name.find("renewal_info") != std::string::npos) break;
    before.push_back(migration);
  }
  ASSERT_LT(before.size(), migrations().size());
  SQLite::Database connection(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  migrate(connection, before);
  connection.exec(
      R"(INSERT INTO keys VALUES ('0123456789abcdef0123456789abcdef', 't', 'certificate', 's', x'00', 1);
      INSERT INTO certificates VALUES (1, 'issued', '{"v":1,"ca":"letsencrypt"}', 1);
      INSERT INTO certificates VALUES (2, 'new', '{"v":1,"ca":"letsencrypt"}', 1);
      INSERT INTO versions SELECT 1, 1, 1, id, 'c', 's', 'f', 'i', 1, 2, 0, 1 FROM keys;)");
  migrate(connection, migrations());
  SQLite::Statement tasks(connection,
                          "SELECT subject_id, party, due_at / 1000 - strftime('%s', 'now') FROM tasks"
                          " WHERE kind = 'renewal_info'");
  ASSERT_TRUE(tasks.executeStep());
  EXPECT_EQ(tasks.getColumn(0).getInt(), 1);
  EXPECT_EQ(tasks.getColumn(1).getString(), "ca:letsencrypt");
  EXPECT_LE(tasks.getColumn(2).getInt(), 6 * 3600);
  EXPECT_FALSE(tasks.executeStep());
}

}  // namespace
}  // namespace certmgr::store
