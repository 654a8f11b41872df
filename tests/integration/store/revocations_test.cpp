// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "adapters/store/revocation_store.h"
#include "integration/store/stores_fixture.h"

namespace certmgr::store {
namespace {

using namespace std::chrono_literals;
using testing::event;
using testing::failure_of;
using testing::sql;
using testing::sql_value;

class Revocations : public testing::Stores {
 protected:
  SqliteRevocationStore revocation_store_{bench_.database, bench_.clock};
  RevocationStore& revocations_ = revocation_store_;
  Certificate pbx_ = bench_.make_certificate("pbx");
  TaskRef task() const { return {TaskKind::revocation, pbx_.id}; }
};

TEST_F(Revocations, are_asked_for_from_an_hour_after_the_first_version_on) {
  EXPECT_EQ(claim(task()).result, ClaimResult::gone);
  bench_.issue(pbx_);
  EXPECT_EQ(claim(task()).due_at, bench_.clock.now() + 1h);
  EXPECT_EQ(sql_value(bench_.database, "SELECT lane || ' ' || party FROM tasks WHERE kind = 'revocation'"),
            "revocation:" + std::to_string(pbx_.id) + " revocation");
  revocations_.check_again(pbx_.id, bench_.clock.now() + 12h);
  EXPECT_EQ(claim(task()).due_at, bench_.clock.now() + 12h);
  bench_.issue(pbx_);
  EXPECT_EQ(claim(task()).due_at, bench_.clock.now() + 1h) << "the new version is asked about like the first";
  revocations_.check_again(pbx_.id, bench_.clock.now() + 1min);
  bench_.issue(pbx_);
  EXPECT_EQ(claim(task()).due_at, bench_.clock.now() + 1min) << "and never later than before";
  expect_sound();
}

TEST_F(Revocations, are_not_asked_for_what_is_quarantined) {
  Order order = bench_.open_order(pbx_);
  const SealedKey key = bench_.make_key();
  order = with_key(order, key);
  order.state = Quarantined{};
  bench_.orders.save({order, event("order.quarantined", "pbx"), {}, testing::facts(key.spki_sha256), key.id});
  EXPECT_EQ(claim(task()).result, ClaimResult::gone);
  expect_sound();
}

TEST_F(Revocations, are_kept_and_make_the_renewal_due) {
  const Version version = bench_.issue(pbx_);
  EXPECT_FALSE(revocations_.revocation(version.id));
  sql(bench_.database, "UPDATE tasks SET due_at = 9000000000000 WHERE kind = 'renewal'");
  const TaskRef renewal{TaskKind::renewal, pbx_.id};
  EXPECT_EQ(claim(renewal).result, ClaimResult::not_due);
  const Revocation revocation{version.id, bench_.clock.now() - 2h, "keyCompromise"};
  const std::size_t events = event_count();
  revocations_.save_revocation(revocation, event("certificate.revoked", "pbx"));
  const auto found = revocations_.revocation(version.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->revoked_at, revocation.revoked_at);
  EXPECT_EQ(found->reason, "keyCompromise");
  EXPECT_EQ(claim(renewal).result, ClaimResult::claimed);
  EXPECT_EQ(event_count(), events + 1);

  sql(bench_.database, "UPDATE tasks SET due_at = 9000000000000 WHERE kind = 'renewal'");
  revocations_.save_revocation({version.id, bench_.clock.now(), ""}, event("certificate.revoked", "pbx"));
  EXPECT_EQ(revocations_.revocation(version.id)->reason, "keyCompromise") << "the first words stay";
  EXPECT_EQ(event_count(), events + 1) << "and are said once";
  EXPECT_EQ(claim(renewal).result, ClaimResult::not_due);
  expect_sound();
}

TEST_F(Revocations, need_a_version) {
  EXPECT_EQ(failure_of([&] { revocations_.save_revocation({99, {}, ""}, event("e", "pbx")); }).code, "bug");
  EXPECT_NO_THROW(revocations_.check_again(99, bench_.clock.now()));
}

TEST_F(Revocations, that_nobody_asks_for_are_found) {
  bench_.issue(pbx_);
  sql(bench_.database, "DELETE FROM tasks WHERE kind = 'revocation'");
  EXPECT_THAT(
      bench_.inspector.check().findings,
      ::testing::ElementsAre("the CA will not be asked about certificate " + std::to_string(pbx_.id)));
}

}  // namespace
}  // namespace certmgr::store
