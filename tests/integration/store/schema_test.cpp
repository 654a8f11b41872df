// SPDX-License-Identifier: MIT
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <set>

#include "adapters/store/migrations.h"
#include "integration/store/support.h"

namespace certmgr::store {
namespace {

using testing::Bench;
using testing::failure_of;
using ::testing::StartsWith;
using testing::TemporaryFolder;

const std::string kSource = CERTMGR_TEST_SOURCE_DIR;

std::vector<std::string> schema_of(SQLite::Database& connection) {
  std::vector<std::string> lines;
  SQLite::Statement rows(connection,
                         "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY 1, 2");
  while (rows.executeStep()) {
    lines.push_back(rows.getColumn(0).getString() + " " + rows.getColumn(1).getString() + " " +
                    rows.getColumn(2).getString() + " " + rows.getColumn(3).getString());
  }
  return lines;
}

SQLite::Database in_memory() { return {":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE}; }

TEST(Schema, is_the_sum_of_the_migrations) {
  SQLite::Database migrated = in_memory();
  migrate(migrated, migrations());
  SQLite::Database whole = in_memory();
  whole.exec(testing::read_file(kSource + "/schema/schema.sql"));
  EXPECT_EQ(schema_of(migrated), schema_of(whole));
  EXPECT_GT(schema_of(whole).size(), 20U);
}

TEST(Schema, has_strict_tables_only) {
  SQLite::Database connection = in_memory();
  migrate(connection, migrations());
  SQLite::Statement rows(connection, "SELECT name, strict FROM pragma_table_list WHERE schema = 'main'");
  while (rows.executeStep()) {
    const std::string name = rows.getColumn(0).getString();
    if (name.starts_with("sqlite_")) continue;
    EXPECT_EQ(rows.getColumn(1).getInt(), 1) << name;
  }
}

TEST(Migrations, are_numbered_without_gaps_and_warn_whoever_wants_to_edit_them) {
  int expected = 0;
  for (const Migration& migration : migrations()) {
    EXPECT_EQ(migration.version, ++expected);
    EXPECT_THAT(migration.sql, StartsWith("-- A migration that was released is never edited"));
  }
  EXPECT_GT(expected, 0);
}

TEST(Migrations, count_the_certificates_that_are_there) {
  SQLite::Database connection = in_memory();
  std::vector<Migration> before;
  for (const Migration& migration : migrations())
    if (migration.version < 12) before.push_back(migration);
  migrate(connection, before);
  connection.exec("INSERT INTO certificates VALUES (1, 'a', '{}', 1), (7, 'b', '{}', 1)");
  migrate(connection, migrations());
  EXPECT_EQ(connection.execAndGet("SELECT count FROM counts WHERE name = 'certificates'").getInt(), 2);
}

TEST(Migrations, run_once_each_and_in_order) {
  SQLite::Database connection = in_memory();
  const std::vector<Migration> first = {{1, "one", "CREATE TABLE a (x)"}};
  const std::vector<Migration> both = {{1, "one", "CREATE TABLE a (x)"},
                                       {2, "two", "ALTER TABLE a ADD COLUMN y"}};
  migrate(connection, first);
  migrate(connection, both);
  migrate(connection, both);
  EXPECT_EQ(schema_version(connection), 2);
  EXPECT_EQ(failure_of([&] { migrate(connection, first); }).code, "store_newer");
}

TEST(Migrations, that_fail_half_way_change_nothing) {
  SQLite::Database connection = in_memory();
  const std::vector<Migration> broken = {{1, "one", "CREATE TABLE a (x)"},
                                         {2, "two", "CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)"}};
  EXPECT_THROW(migrate(connection, broken), SQLite::Exception);
  EXPECT_EQ(schema_version(connection), 1);
  EXPECT_EQ(schema_of(connection).size(), 1U);
}

int remember(unsigned, void* seen, void* statement, void*) {
  static_cast<std::set<std::string>*>(seen)->insert(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
  return 0;
}

/// Calls what runs all the time, once.
void use_everything(Bench& bench) {
  const Certificate certificate = bench.make_certificate("pbx");
  const Server server = bench.make_server("sip");
  bench.certificates.attach(certificate.id, server.id, testing::event("e", "pbx"));
  const Version old = bench.issue(certificate);
  bench.deployments.open_deployment(testing::deployment(old, server), testing::event("e", "sip"));
  const Version version = bench.issue(certificate);
  const Deployment deployment =
      bench.deployments.open_deployment(testing::deployment(version, server), testing::event("e", "sip"));
  Order order = bench.open_order(certificate);
  const SealedKey key = bench.make_key();
  order.state = Ordering{key.id};
  order = bench.orders.save({order, testing::event("e", "pbx"), key, {}, {}});
  order.state = Failed{testing::trouble("x"), {}};
  bench.orders.save({order, testing::event("e", "pbx"), {}, {}, {}});
  bench.certificates.find("pbx");
  bench.certificates.certificate(certificate.id);
  bench.certificates.list("a", 10);
  bench.certificates.versions(certificate.id);
  bench.certificates.current(certificate.id);
  bench.certificates.key(version.key_id);
  bench.certificates.servers_of(certificate.id);
  bench.certificates.certificates_on(server.id);
  bench.orders.open_order(certificate.id);
  bench.orders.last_order(certificate.id);
  bench.orders.last_issued(certificate.id);
  bench.orders.order(order.id);
  bench.orders.knows_order_url("https://ca.example/order/1");
  bench.deployments.deployment(deployment.id);
  bench.deployments.last_deployment(certificate.id, server.id);
  bench.deployments.save_deployment(deployment, testing::event("e", "sip"));
  const TaskRef task{TaskKind::deployment, deployment.id};
  bench.tasks.claim(task, bench.clock.now(), std::chrono::minutes(1), true);
  bench.tasks.extend(task, bench.clock.now());
  bench.tasks.release(task);
  bench.events.events("pbx", 10);
  bench.events.events("", 10);
  bench.servers.find_server("sip");
  bench.servers.server(server.id);
  bench.servers.change_server(server, testing::event("e", "sip"));
  bench.servers.remove_server(server.id, testing::event("e", "sip"));
}

TEST(Queries, never_read_a_whole_table_or_sort_one) {
  const TemporaryFolder folder;
  Bench bench(folder / "s.db");
  std::set<std::string> seen;
  bench.database.read("trace", [&](SQLite::Database& connection) {
    sqlite3_trace_v2(connection.getHandle(), SQLITE_TRACE_STMT, remember, &seen);
  });
  use_everything(bench);
  bench.database.read("plan", [&](SQLite::Database& connection) {
    sqlite3_trace_v2(connection.getHandle(), 0, nullptr, nullptr);
    int planned = 0;
    for (const std::string& statement : seen) {
      if (statement.starts_with("BEGIN") || statement.starts_with("COMMIT") ||
          statement.starts_with("PRAGMA") || statement.starts_with("-")) {
        continue;
      }
      ++planned;
      SQLite::Statement plan(connection, "EXPLAIN QUERY PLAN " + statement);
      while (plan.executeStep()) {
        const std::string step = plan.getColumn(3).getString();
        // The newest events are the end of the table itself: a scan that stops after LIMIT rows.
        const bool newest_first = step == "SCAN events" && statement.ends_with("ORDER BY seq DESC LIMIT ?");
        EXPECT_FALSE(step.starts_with("SCAN") && !newest_first && step != "SCAN CONSTANT ROW") << step << "\n"
                                                                                               << statement;
        const bool few_rows = statement.find("certificate_servers") != std::string::npos;
        EXPECT_FALSE(step.find("TEMP B-TREE") != std::string::npos && !few_rows) << step << "\n" << statement;
      }
    }
    EXPECT_GT(planned, 40);
  });
}

}  // namespace
}  // namespace certmgr::store
