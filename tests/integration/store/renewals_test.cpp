// SPDX-License-Identifier: MIT
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "adapters/store/migrations.h"
#include "adapters/store/renewal_store.h"
#include "integration/store/stores_fixture.h"

namespace certmgr::store {
namespace {

using namespace std::chrono_literals;
using testing::event;
using testing::failure_of;
using testing::sql;
using testing::sql_value;

class Renewals : public testing::Stores {
 protected:
  SqliteRenewalStore renewals_{bench_.database, bench_.clock};
  Certificate pbx_ = bench_.make_certificate("pbx");
  TaskRef task() const { return {TaskKind::renewal, pbx_.id}; }

  RenewalStore::Save ordering() const {
    RenewalStore::Save save;
    save.renewal.certificate_id = pbx_.id;
    save.renewal.state = RenewalState::ordering;
    save.renewal.wake_at = bench_.clock.now() + 1h;
    return save;
  }
  RenewalStore::Opening opening() const {
    RenewalStore::Opening opening;
    opening.order.certificate_id = pbx_.id;
    opening.order.spec = pbx_.spec;
    opening.order.state = Approved{};
    opening.order.created_at = opening.order.entered_at = opening.order.wake_at = bench_.clock.now();
    opening.event = event("order.approved", "pbx");
    return opening;
  }
  Claim hold() { return bench_.tasks.claim(task(), bench_.clock.now(), 5min, true); }
  std::string value(const std::string& query) { return sql_value(bench_.database, query); }
};

TEST_F(Renewals, save_what_they_decided_and_give_the_task_back) {
  ASSERT_EQ(hold().result, ClaimResult::claimed);
  ASSERT_EQ(claim(task()).result, ClaimResult::held);
  auto save = ordering();
  save.renewal.failures = 2;
  save.event = event("renewal.failing", "pbx");
  renewals_.save_renewal(save);
  EXPECT_EQ(renewals_.renewal(pbx_.id)->failures, 2);
  EXPECT_EQ(renewals_.renewal(pbx_.id)->state, RenewalState::ordering);
  const Claim next = claim(task());
  EXPECT_EQ(next.result, ClaimResult::not_due);
  EXPECT_EQ(next.due_at, save.renewal.wake_at);
  EXPECT_EQ(bench_.events.events("pbx", 1)[0].draft.kind, "renewal.failing");
  expect_sound();
}

TEST_F(Renewals, leave_the_lease_of_another_process) {
  ASSERT_EQ(hold().result, ClaimResult::claimed);
  sql(bench_.database, "UPDATE tasks SET lease_owner = 'another' WHERE kind = 'renewal'");
  renewals_.save_renewal(ordering());
  EXPECT_EQ(value("SELECT lease_owner || (lease_until > 0) FROM tasks WHERE kind = 'renewal'"), "another1");
}

TEST_F(Renewals, open_an_order_in_the_same_transaction) {
  auto save = ordering();
  save.opens = opening();
  renewals_.save_renewal(save);
  const auto order = bench_.orders.open_order(pbx_.id);
  ASSERT_TRUE(order);
  EXPECT_EQ(bench_.events.events("pbx", 1)[0].draft.kind, "order.approved");
  EXPECT_EQ(claim({TaskKind::order, order->id}).result, ClaimResult::claimed);
  const auto events = event_count();
  renewals_.save_renewal(save);
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "1") << "there is one";
  EXPECT_EQ(event_count(), events);
  expect_sound();
}

TEST_F(Renewals, are_not_saved_without_the_order_that_they_open) {
  auto save = ordering();
  save.opens = opening();
  save.opens->order.certificate_id = 999;
  EXPECT_EQ(failure_of([&] { renewals_.save_renewal(save); }).kind, TroubleKind::store);
  EXPECT_EQ(renewals_.renewal(pbx_.id)->state, RenewalState::unseen);
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "0");
}

TEST(RenewalsOfAnOlderStore, are_kept_with_what_is_known_of_them) {
  std::vector<Migration> before;
  for (const Migration& migration : migrations())
    if (migration.version < 11) before.push_back(migration);
  ASSERT_LT(before.size(), migrations().size());
  SQLite::Database connection(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  connection.exec("PRAGMA foreign_keys = ON");
  migrate(connection, before);
  connection.exec(
      R"(INSERT INTO certificates VALUES (1, 'a', '{"v":1}', 1);
      INSERT INTO certificates VALUES (2, 'b', '{"v":1}', 1);
      INSERT INTO renewals VALUES (1, 'fresh', 20, 10, '{"v":1}');
      INSERT INTO renewals VALUES (2, 'parked', NULL, NULL, '{"v":1}');
      INSERT INTO orders VALUES (1, 1, 'validating', 1, 'u', NULL, NULL, 1, 1, 1, '{}');)");
  migrate(connection, migrations());
  SQLite::Statement rows(connection,
                         "SELECT group_concat(certificate_id || state || coalesce(not_after, '-') ||"
                         " coalesce(renew_at, '-') || payload, ' ') FROM renewals");
  ASSERT_TRUE(rows.executeStep());
  EXPECT_EQ(rows.getColumn(0).getString(), R"(1fresh2010{"v":1} 2parked--{"v":1})");
  EXPECT_THROW(connection.exec("INSERT INTO orders VALUES (2, 1, 'ready', 1, '', NULL, NULL, 1, 1, 1, '{}')"),
               SQLite::Exception)
      << "one order at a time";
  connection.exec("INSERT INTO orders VALUES (3, 1, 'issued', 1, '', NULL, NULL, 1, 1, 1, '{}')");
  EXPECT_THROW(connection.exec("UPDATE renewals SET state = 'odd'"), SQLite::Exception);
}

}  // namespace
}  // namespace certmgr::store
