// SPDX-License-Identifier: MIT
#include "adapters/store/overview.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <chrono>

#include "integration/store/stores_fixture.h"

namespace certmgr::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using testing::sql;
using ::testing::UnorderedElementsAre;
using namespace std::chrono_literals;

class TheOverview : public testing::Stores {
 protected:
  void SetUp() override {
    for (const char* label : {"a", "b", "c", "d"}) bench_.make_certificate(label);
    sql(bench_.database, "DELETE FROM tasks");
  }

  /// Times are minutes from now.
  void renewal(const std::string& label, const std::string& state, int renew_at, int not_after) {
    sql(bench_.database, "UPDATE renewals SET state = '" + state + "', renew_at = " + at(renew_at) +
                             ", not_after = " + at(not_after) +
                             " WHERE certificate_id = (SELECT id FROM certificates WHERE label = '" + label +
                             "')");
  }
  void task(const std::string& kind, int id, const std::string& party, int due, bool leased = false) {
    sql(bench_.database, "INSERT INTO tasks VALUES ('" + kind + "', " + std::to_string(id) + ", 'lane', '" +
                             party + "', " + at(due) + (leased ? ", 'somebody', " + at(10) : ", NULL, NULL") +
                             ")");
  }
  [[nodiscard]] Instant moment(int minutes) const {
    return bench_.clock.now() + std::chrono::minutes(minutes);
  }
  [[nodiscard]] std::string at(int minutes) const {
    return std::to_string(moment(minutes).time_since_epoch().count());
  }
  OverviewNumbers numbers() { return bench_.overview.numbers(bench_.clock.now()); }
};

TEST_F(TheOverview, of_an_empty_store_is_all_zero) {
  testing::Bench empty(folder_ / "empty.db");
  const auto numbers = empty.overview.numbers(empty.clock.now());
  EXPECT_EQ(numbers.certificates, 0);
  EXPECT_THAT(numbers.renewals, IsEmpty());
  EXPECT_THAT(numbers.waiting, IsEmpty());
  EXPECT_THAT(numbers.due, IsEmpty());
  EXPECT_FALSE(numbers.next_due || numbers.oldest_due || numbers.next_renewal || numbers.neglected_label);
  EXPECT_THAT(empty.overview.lines("", 10), IsEmpty());
  EXPECT_THAT(empty.overview.troubled(10), IsEmpty());
}

TEST_F(TheOverview, counts_certificates_by_the_state_of_their_upkeep) {
  renewal("a", "fresh", 10, 30);
  renewal("b", "fresh", 5, 20);
  renewal("c", "failing", -60, -1);
  const auto counted = numbers();
  EXPECT_EQ(counted.certificates, 4);
  EXPECT_THAT(counted.renewals, UnorderedElementsAre(Pair("fresh", 2), Pair("failing", 1), Pair("new", 1)));
  EXPECT_EQ(counted.next_renewal, moment(5));
  EXPECT_EQ(counted.expired, 1);
}

struct NeglectCase {
  const char* why;
  int renew_at, not_after;
  bool neglected;
};

TEST_F(TheOverview, calls_neglected_what_is_past_renewal_and_nearer_to_its_end_than_to_it) {
  for (const auto& [why, renew_at, not_after, expected] :
       {NeglectCase{"not due yet", 1, 100, false}, NeglectCase{"just due", 0, 100, false},
        NeglectCase{"half of the time is left exactly", -50, 50, false},
        NeglectCase{"less than half is left", -51, 50, true}, NeglectCase{"expired", -60, -10, true}}) {
    renewal("b", "failing", renew_at, not_after);
    const auto counted = numbers();
    EXPECT_EQ(counted.neglected, expected ? 1 : 0) << why;
    EXPECT_EQ(counted.neglected_label, expected ? std::optional<std::string>("b") : std::nullopt) << why;
  }
}

TEST_F(TheOverview, names_the_neglected_one_that_expires_first) {
  renewal("a", "failing", -100, 20);
  renewal("c", "parked", -90, 10);
  renewal("d", "failing", -100, 30);
  EXPECT_EQ(numbers().neglected, 3);
  EXPECT_EQ(numbers().neglected_label, "c");
}

TEST_F(TheOverview, counts_tasks_by_kind_and_those_that_are_due_by_party) {
  task("order", 1, "ca:one", -5);
  task("order", 2, "ca:one", -7);
  task("order", 3, "ca:two", 4);
  task("order", 4, "ca:two", -9, true);
  task("renewal", 1, "renewal", 0);
  task("watch", 1, "watch", 2);
  const auto counted = numbers();
  EXPECT_THAT(counted.waiting, UnorderedElementsAre(Pair("order", 4), Pair("renewal", 1), Pair("watch", 1)));
  EXPECT_THAT(counted.due, UnorderedElementsAre(Pair("ca:one", 2), Pair("ca:two", 0), Pair("renewal", 1),
                                                Pair("watch", 0)));
  EXPECT_THAT(counted.due_since,
              UnorderedElementsAre(Pair("ca:one", moment(-7)), Pair("renewal", moment(0))));
  EXPECT_EQ(counted.leased, 1);
  EXPECT_THAT(counted.in_work, ElementsAre(Pair("order", 1)));
  EXPECT_EQ(counted.oldest_due, moment(-7)) << "what somebody works on does not count";
  EXPECT_EQ(counted.next_due, moment(2));
}

TEST_F(TheOverview, seen_at_a_glance_says_the_same_as_when_all_is_counted) {
  renewal("a", "fresh", 10, 30);
  renewal("b", "failing", -5, 20);
  task("order", 1, "ca:one", -5);
  task("order", 2, "ca:one", -9, true);
  task("watch", 1, "watch", 2);
  sql(bench_.database, "INSERT INTO alarms VALUES (1, 'expiry_near', 'a', 1, NULL, '{}')");
  const auto seen = bench_.overview.glance(bench_.clock.now());
  const auto counted = numbers();
  EXPECT_EQ(seen.certificates, 4);
  EXPECT_EQ(seen.open_alarms, 1);
  EXPECT_EQ(seen.next_renewal, moment(10));
  EXPECT_EQ(seen.due, counted.due);
  EXPECT_EQ(seen.due_since, counted.due_since);
  EXPECT_EQ(seen.in_work, counted.in_work);
  EXPECT_EQ(seen.leased, 1);
  EXPECT_EQ(seen.oldest_due, moment(-5));
  EXPECT_EQ(seen.next_due, moment(2));
}

TEST_F(TheOverview, counts_orders_that_left_proofs_behind_be_they_due_or_not) {
  task("order", 1, "cleanup", -1);
  task("order", 2, "cleanup", 9);
  task("order", 3, "ca:one", -1);
  task("order", 4, "cleanup", -1, true);
  EXPECT_EQ(numbers().cleanups, 3) << "also while somebody is at it";
}

TEST_F(TheOverview, counts_open_orders_listeners_and_alarms) {
  bench_.open_order(*bench_.certificates.find("a"));
  bench_.issue(*bench_.certificates.find("b"));
  for (const char* name : {"web", "pbx"}) bench_.make_server(name);
  sql(bench_.database, "INSERT OR REPLACE INTO watches SELECT id, 'good', NULL, '{\"v\":1}' FROM servers");
  sql(bench_.database,
      "INSERT INTO alarms VALUES (1, 'expiry_near', 'a', 1, NULL, '{}'),"
      " (2, 'expiry_near', 'b', 1, 2, '{}')");
  const auto counted = numbers();
  EXPECT_THAT(counted.open_orders, ElementsAre(Pair("approved", 1)));
  EXPECT_THAT(counted.watches, ElementsAre(Pair("good", 2)));
  EXPECT_EQ(counted.open_alarms, 1);
}

TEST_F(TheOverview, gives_a_line_per_certificate_a_page_at_a_time) {
  renewal("b", "fresh", 10, 30);
  const auto first = bench_.overview.lines("", 2);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].label, "a");
  EXPECT_EQ(first[0].state, "new");
  EXPECT_FALSE(first[0].not_after || first[0].renew_at);
  EXPECT_EQ(first[1].label, "b");
  EXPECT_EQ(first[1].ca, "letsencrypt");
  EXPECT_EQ(first[1].state, "fresh");
  EXPECT_EQ(first[1].not_after, moment(30));
  EXPECT_EQ(first[1].renew_at, moment(10));
  const auto second = bench_.overview.lines("b", 10);
  ASSERT_EQ(second.size(), 2U);
  EXPECT_EQ(second[0].label, "c");
  EXPECT_THAT(bench_.overview.lines("d", 10), IsEmpty());
}

TEST_F(TheOverview, lists_those_in_trouble_with_what_to_do) {
  renewal("a", "parked", -10, 40);
  renewal("b", "failing", -20, 20);
  renewal("c", "fresh", 10, 30);
  sql(bench_.database,
      "UPDATE renewals SET state = 'failing', payload = '{\"v\":1,\"wake_at\":5,\"failures\":3,"
      "\"judged_order\":7,\"trouble\":{\"kind\":\"permanent\",\"code\":\"acme_caa\",\"what\":\"w\","
      "\"why\":\"y\",\"hint\":\"change the CAA record\",\"detail\":\"\"}}'"
      " WHERE certificate_id = (SELECT id FROM certificates WHERE label = 'd')");
  const auto troubled = bench_.overview.troubled(10);
  ASSERT_EQ(troubled.size(), 3U);
  EXPECT_EQ(troubled[0].line.label, "d") << "never issued comes first";
  EXPECT_EQ(troubled[0].failures, 3);
  EXPECT_EQ(troubled[0].wake_at, Instant(5ms));
  ASSERT_TRUE(troubled[0].trouble);
  EXPECT_EQ(troubled[0].trouble->hint, "change the CAA record");
  EXPECT_EQ(troubled[1].line.label, "b");
  EXPECT_FALSE(troubled[1].trouble);
  EXPECT_EQ(troubled[2].line.label, "a");
  EXPECT_EQ(troubled[2].line.state, "parked");
  EXPECT_EQ(bench_.overview.troubled(1).size(), 1U);
}

/// What SQLite will do for a statement, a line per step.
std::vector<std::string> plan_of(Database& database, const std::string& statement) {
  return database.read("explain", [&](SQLite::Database& connection) {
    std::vector<std::string> steps;
    SQLite::Statement rows(connection, "EXPLAIN QUERY PLAN " + statement);
    while (rows.executeStep()) steps.push_back(rows.getColumn(3).getString());
    return steps;
  });
}

TEST_F(TheOverview, goes_past_nothing_for_a_glance_but_leases_and_open_alarms) {
  for (const auto& statement : glance_statements())
    for (const auto& step : plan_of(bench_.database, statement)) {
      EXPECT_EQ(step.find("AUTOMATIC"), std::string::npos) << statement << "\n  " << step;
      EXPECT_TRUE(!step.starts_with("SCAN") || step == "SCAN next" || step == "SCAN CONSTANT ROW" ||
                  step.find("INDEX tasks_leased") != std::string::npos ||
                  step.find("INDEX alarms_open") != std::string::npos)
          << statement << "\n  " << step;
    }
}

TEST_F(TheOverview, knows_how_many_certificates_there_are_without_counting) {
  EXPECT_EQ(numbers().certificates, 4);
  sql(bench_.database,
      "INSERT INTO certificates (label, payload, created_at) VALUES ('e', '{}', 1), ('f', '{}', 1)");
  EXPECT_EQ(numbers().certificates, 6);
  sql(bench_.database, "DELETE FROM certificates WHERE label = 'e'");
  EXPECT_EQ(numbers().certificates, 5);
}

TEST_F(TheOverview, reads_no_big_table_row_by_row) {
  for (const auto& statement : overview_statements()) {
    for (const auto& step : plan_of(bench_.database, statement)) {
      for (const std::string table : {"certificates", "c", "renewals", "r", "orders", "tasks", "versions"}) {
        // A scan is good along an index that holds all it needs, or one of few rows: open orders, leases.
        const bool good = step.find("COVERING INDEX") != std::string::npos ||
                          step.find("INDEX orders_open") != std::string::npos ||
                          step.find("INDEX tasks_leased") != std::string::npos;
        EXPECT_TRUE(good || (step != "SCAN " + table && !step.starts_with("SCAN " + table + " ")))
            << statement << "\n  " << step;
      }
      EXPECT_EQ(step.find("AUTOMATIC"), std::string::npos) << statement << "\n  " << step;
    }
  }
}

TEST_F(TheOverview, of_many_certificates_is_made_in_milliseconds) {
  sql(bench_.database,
      "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 50099)"
      " INSERT INTO certificates SELECT i, 'many' || i, '{\"v\":1,\"ca\":\"x\"}', 0 FROM n;"
      "INSERT INTO renewals SELECT id, 'fresh', " +
          at(5000) + " + id, " + at(4000) +
          " + id, '{\"v\":1}' FROM certificates WHERE id >= 100;"
          "INSERT INTO tasks SELECT 'renewal', id, 'renewal:' || id, 'renewal', " +
          at(4000) + " + id, NULL, NULL FROM certificates WHERE id >= 100");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(numbers().certificates, 50004);
  const auto took = std::chrono::steady_clock::now() - begin;
  // A hundred times what it takes alone on an ordinary machine: only a scan of whole rows would show.
  EXPECT_LT(took, 1s);
}

}  // namespace
}  // namespace certmgr::store
