// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "certmgr/domain/order_machine.h"
#include "integration/store/stores_fixture.h"

namespace certmgr::store {
namespace {

using ::testing::ElementsAre;
using testing::event;
using testing::failure_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::labels;
using ::testing::SizeIs;
using testing::spec;
using testing::sql;
using testing::Stores;

TEST_F(Stores, keep_a_certificate_as_it_was_put) {
  const Certificate made = bench_.make_certificate("pbx");
  EXPECT_EQ(made.created_at, bench_.clock.now());
  const auto found = bench_.certificates.find("pbx");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, made.id);
  EXPECT_EQ(found->spec, spec("pbx"));
  EXPECT_EQ(bench_.certificates.certificate(made.id)->spec, spec("pbx"));
  EXPECT_FALSE(bench_.certificates.find("other"));
  EXPECT_FALSE(bench_.certificates.certificate(99));
}

TEST_F(Stores, change_a_certificate_under_its_label_and_log_only_a_change) {
  const Certificate made = bench_.make_certificate("pbx");
  bench_.make_certificate("pbx");
  EXPECT_EQ(event_count(), 1U);
  CertificateSpec changed = spec("pbx");
  changed.key_type = KeyType::rsa_2048;
  EXPECT_EQ(bench_.certificates.put(changed, event("certificate.changed", "pbx")).id, made.id);
  EXPECT_EQ(bench_.certificates.find("pbx")->spec, changed);
  EXPECT_EQ(event_count(), 2U);
}

TEST_F(Stores, do_not_make_over_what_somebody_else_has_made_meanwhile) {
  bench_.make_certificate("pbx");
  CertificateSpec other = spec("pbx");
  other.key_type = KeyType::rsa_2048;
  EXPECT_EQ(failure_of([&] { bench_.certificates.put(other, event("certificate.added", "pbx")); }).code,
            "conflict");
  EXPECT_EQ(bench_.certificates.find("pbx")->spec, spec("pbx"));
  EXPECT_EQ(event_count(), 1U);
}

TEST_F(Stores, list_certificates_a_page_at_a_time_by_label) {
  for (const char* label : {"c", "a", "d", "b"}) bench_.make_certificate(label);
  EXPECT_THAT(labels(bench_.certificates.list("", 2)), ElementsAre("a", "b"));
  EXPECT_THAT(labels(bench_.certificates.list("b", 10)), ElementsAre("c", "d"));
  EXPECT_THAT(bench_.certificates.list("d", 10), IsEmpty());
}

TEST_F(Stores, number_the_versions_of_each_certificate) {
  const Certificate pbx = bench_.make_certificate("pbx");
  const Certificate web = bench_.make_certificate("web");
  bench_.issue(pbx);
  bench_.issue(web);
  const Version second = bench_.issue(pbx);
  EXPECT_EQ(second.number, 2);
  const auto versions = bench_.certificates.versions(pbx.id);
  ASSERT_THAT(versions, SizeIs(2));
  EXPECT_EQ(versions[0].id, second.id);
  EXPECT_EQ(versions[1].number, 1);
  EXPECT_EQ(bench_.certificates.current(pbx.id)->id, second.id);
  EXPECT_EQ(bench_.certificates.current(web.id)->number, 1);
  EXPECT_EQ(second.certificate_id, pbx.id);
  EXPECT_EQ(second.serial, "0a0b");
  EXPECT_EQ(second.issuer, "Test CA");
  EXPECT_EQ(second.created_at, bench_.clock.now());
  EXPECT_THAT(second.chain_pem, HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_EQ(bench_.certificates.key(second.key_id)->spki_sha256, second.fingerprint);
  expect_sound();
}

TEST_F(Stores, never_take_a_quarantined_version_for_the_current_one) {
  const Certificate pbx = bench_.make_certificate("pbx");
  const Version good = bench_.issue(pbx);
  const SealedKey key = bench_.make_key();
  Order order = with_key(bench_.open_order(pbx), key);
  order.state = Quarantined{0, testing::trouble("san_mismatch")};
  order = bench_.orders.save({order, event("order.quarantined", "pbx"), {}, testing::facts("bad"), key.id});
  const auto& state = std::get<Quarantined>(order.state);
  EXPECT_TRUE(bench_.certificates.version(state.version_id)->quarantined);
  EXPECT_EQ(bench_.certificates.current(pbx.id)->id, good.id);
  EXPECT_THAT(bench_.certificates.versions(pbx.id), SizeIs(2));
  EXPECT_EQ(std::get<Quarantined>(bench_.orders.order(order.id)->state).trouble.code, "san_mismatch");
  expect_sound();
}

TEST_F(Stores, let_an_order_go_on_whose_certificate_only_stands_in_for_another) {
  const Certificate pbx = bench_.make_certificate("pbx");
  const SealedKey key = bench_.make_key();
  Order order = with_key(bench_.open_order(pbx), key);
  order.state =
      Quarantined{0, testing::trouble("level_mismatch"), "https://ca/order/1", "https://ca/cert/1", key.id};
  order = bench_.orders.save({order, event("order.quarantined", "pbx"), {}, testing::facts("dv"), key.id});
  EXPECT_FALSE(bench_.orders.open_order(pbx.id));
  EXPECT_NE(claim({TaskKind::order, order.id}).result, ClaimResult::claimed);

  const auto placeholder = std::get<Quarantined>(order.state).version_id;
  order = bench_.orders.save(
      {await_replacement(order, bench_.clock.now()), event("order.awaiting_ca", "pbx"), {}, {}, {}});
  EXPECT_EQ(bench_.orders.open_order(pbx.id)->placeholder_id, placeholder);
  EXPECT_EQ(key_id_of(bench_.orders.order(order.id)->state), key.id);
  bench_.clock.at += std::chrono::hours(1);
  EXPECT_EQ(claim({TaskKind::order, order.id}).result, ClaimResult::claimed) << "it is looked at again";

  order.state = Issued{0};
  order = bench_.orders.save({order, event("order.issued", "pbx"), {}, testing::facts("ov"), key.id});
  EXPECT_THAT(bench_.certificates.versions(pbx.id), SizeIs(2));
  EXPECT_EQ(bench_.certificates.current(pbx.id)->id, std::get<Issued>(order.state).version_id);
  EXPECT_TRUE(bench_.certificates.version(placeholder)->quarantined);
  expect_sound();
}

TEST_F(Stores, open_one_order_per_certificate_at_a_time) {
  const Certificate pbx = bench_.make_certificate("pbx");
  const Order first = bench_.open_order(pbx);
  const std::size_t events = event_count();
  const Order again = bench_.open_order(pbx);
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.revision, first.revision);
  EXPECT_EQ(event_count(), events);
  EXPECT_EQ(bench_.orders.open_order(pbx.id)->id, first.id);
  EXPECT_EQ(claim({TaskKind::order, first.id}).result, ClaimResult::claimed);
  expect_sound();
}

TEST_F(Stores, refuse_a_second_writer_of_an_order_and_change_nothing) {
  const Certificate pbx = bench_.make_certificate("pbx");
  const Order order = bench_.open_order(pbx);
  const SealedKey key = bench_.make_key();
  with_key(order, key);
  const std::size_t events = event_count();
  const SealedKey late = bench_.make_key();
  Order stale = order;
  stale.state = Ordering{late.id};
  const Trouble trouble = failure_of([&] {
    bench_.orders.save({stale, event("order.ordering", "pbx"), late, {}, {}});
  });
  EXPECT_EQ(trouble.code, "conflict");
  EXPECT_EQ(trouble.kind, TroubleKind::transient);
  EXPECT_FALSE(bench_.certificates.key(late.id));
  EXPECT_TRUE(bench_.certificates.key(key.id));
  EXPECT_EQ(event_count(), events);
  EXPECT_EQ(failure_of([&] {
              bench_.orders.save({Order{}, event("e", "pbx"), {}, {}, {}});
            }).code,
            "conflict");
}

TEST_F(Stores, move_the_task_with_the_order_and_end_it_with_it) {
  Order order = bench_.open_order(bench_.make_certificate("pbx"));
  const TaskRef task{TaskKind::order, order.id};
  order.wake_at = bench_.clock.now() + std::chrono::hours(1);
  order = bench_.orders.save({order, event("e", "pbx"), {}, {}, {}});
  EXPECT_EQ(claim(task).result, ClaimResult::not_due);
  EXPECT_EQ(claim(task).due_at, order.wake_at);
  EXPECT_EQ(bench_.orders.order(order.id)->wake_at, order.wake_at);
  order.state = Withdrawn{};
  bench_.orders.save({order, event("e", "pbx"), {}, {}, {}});
  EXPECT_EQ(claim(task).result, ClaimResult::gone);
  EXPECT_FALSE(bench_.orders.open_order(order.certificate_id));
  EXPECT_TRUE(bench_.orders.last_order(order.certificate_id));
  expect_sound();
}

TEST_F(Stores, keep_the_task_of_an_ended_order_until_its_proofs_are_withdrawn) {
  Order order = bench_.open_order(bench_.make_certificate("pbx"));
  order.state = Failed{testing::trouble("x"), {}};
  order.published = {Proof{}};
  order = bench_.orders.save({order, event("e", "pbx"), {}, {}, {}});
  EXPECT_EQ(claim({TaskKind::order, order.id}).result, ClaimResult::claimed);
  expect_sound();
  order.published.clear();
  bench_.orders.save({order, event("e", "pbx"), {}, {}, {}});
  EXPECT_EQ(claim({TaskKind::order, order.id}).result, ClaimResult::gone);
  expect_sound();
}

TEST_F(Stores, drop_the_key_of_an_order_that_failed_or_was_withdrawn) {
  const Certificate pbx = bench_.make_certificate("pbx");
  for (const OrderState& end : {OrderState(Failed{testing::trouble("caa"), {}}), OrderState(Withdrawn{})}) {
    const SealedKey key = bench_.make_key();
    Order order = with_key(bench_.open_order(pbx), key);
    EXPECT_TRUE(bench_.certificates.key(key.id));
    order.state = end;
    bench_.orders.save({order, event("e", "pbx"), {}, {}, {}});
    EXPECT_FALSE(bench_.certificates.key(key.id));
  }
  expect_sound();
}

TEST_F(Stores, keep_the_key_of_a_failed_order_that_may_have_a_certificate) {
  const SealedKey key = bench_.make_key();
  Order order = with_key(bench_.open_order(bench_.make_certificate("pbx")), key);
  order.state = Failed{testing::trouble("chain_lost"), key.id};
  bench_.orders.save({order, event("e", "pbx"), {}, {}, {}});
  EXPECT_TRUE(bench_.certificates.key(key.id));
  expect_sound();
}

TEST_F(Stores, never_drop_a_key_that_a_version_uses) {
  const Certificate pbx = bench_.make_certificate("pbx");
  const Version version = bench_.issue(pbx);
  Order order = bench_.open_order(pbx);
  order.state = Ordering{version.key_id};
  order = bench_.orders.save({order, event("e", "pbx"), {}, {}, {}});
  order.state = Withdrawn{};
  bench_.orders.save({order, event("e", "pbx"), {}, {}, {}});
  EXPECT_TRUE(bench_.certificates.key(version.key_id));
  expect_sound();
}

TEST_F(Stores, remember_an_order_url_after_the_order_has_ended) {
  Order order = bench_.open_order(bench_.make_certificate("pbx"));
  const std::string url = "https://ca.example/order/1";
  EXPECT_FALSE(bench_.orders.knows_order_url(url));
  const SealedKey key = bench_.make_key();
  order.state = AwaitingCa{url, key.id};
  order = bench_.orders.save({order, event("e", "pbx"), key, {}, {}});
  EXPECT_TRUE(bench_.orders.knows_order_url(url));
  order.state = Failed{testing::trouble("x"), {}};
  bench_.orders.save({order, event("e", "pbx"), {}, {}, {}});
  EXPECT_TRUE(bench_.orders.knows_order_url(url));
  EXPECT_FALSE(bench_.orders.knows_order_url(""));
}

TEST_F(Stores, find_the_order_that_the_current_version_came_from) {
  const Certificate pbx = bench_.make_certificate("pbx");
  EXPECT_FALSE(bench_.orders.last_issued(pbx.id));
  const Version version = bench_.issue(pbx);
  Order later = bench_.open_order(pbx);
  later.state = Failed{testing::trouble("x"), {}};
  bench_.orders.save({later, event("e", "pbx"), {}, {}, {}});
  EXPECT_EQ(std::get<Issued>(bench_.orders.last_issued(pbx.id)->state).version_id, version.id);
  EXPECT_EQ(bench_.orders.last_order(pbx.id)->id, later.id);
}

TEST_F(Stores, refuse_a_chain_or_key_that_does_not_fit_the_state) {
  const Order order = bench_.open_order(bench_.make_certificate("pbx"));
  const SealedKey key = bench_.make_key();
  EXPECT_EQ(failure_of([&] {
              bench_.orders.save({order, event("e", "pbx"), {}, testing::facts("f"), key.id});
            }).code,
            "bug");
  EXPECT_EQ(failure_of([&] { bench_.orders.save({order, event("e", "pbx"), key, {}, {}}); }).code, "bug");
  expect_sound();
}

TEST_F(Stores, name_the_row_that_cannot_be_read) {
  const Order order = bench_.open_order(bench_.make_certificate("pbx"));
  sql(bench_.database, "UPDATE orders SET payload = '{\"v\":1}'");
  const Trouble trouble = failure_of([&] { bench_.orders.order(order.id); });
  EXPECT_EQ(trouble.code, "store_corrupt");
  EXPECT_THAT(trouble.what, HasSubstr("order 1"));
  sql(bench_.database, "UPDATE certificates SET payload = 'x'");
  EXPECT_THAT(failure_of([&] { bench_.certificates.find("pbx"); }).what, HasSubstr("certificate pbx"));
}

TEST_F(Stores, notice_a_column_that_contradicts_its_payload) {
  const Order order = bench_.open_order(bench_.make_certificate("pbx"));
  sql(bench_.database, "UPDATE orders SET state = 'ready'");
  EXPECT_EQ(failure_of([&] { bench_.orders.order(order.id); }).code, "store_corrupt");
}

TEST_F(Stores, keep_the_task_of_an_ended_order_whose_proofs_are_left) {
  const Certificate pbx = bench_.make_certificate("pbx");
  const SealedKey key = bench_.make_key();
  Order order = with_key(bench_.open_order(pbx), key);
  order.state = Issued{};
  order.leftovers.emplace_back();
  order.wake_at = bench_.clock.now() + std::chrono::minutes(1);
  order = bench_.orders.save({order, event("order.issued", "pbx"), {}, testing::facts("dv"), key.id});
  EXPECT_FALSE(bench_.orders.open_order(pbx.id)) << "another one may be opened";
  ASSERT_EQ(bench_.orders.unsettled_orders(pbx.id).size(), 1U);
  expect_sound();
  EXPECT_EQ(claim({TaskKind::order, order.id}).result, ClaimResult::not_due);
  bench_.clock.at += std::chrono::hours(1);
  const auto outlooks = bench_.tasks.outlook();
  EXPECT_TRUE(std::any_of(outlooks.begin(), outlooks.end(), [](const auto& o) {
    return o.party == "cleanup";
  })) << "the CA's other orders do not wait for a hook that hangs";
  EXPECT_EQ(claim({TaskKind::order, order.id}).result, ClaimResult::claimed);
  order.leftovers.clear();
  order = bench_.orders.save({order, event("order.proofs_withdrawn", "pbx"), {}, {}, {}});
  EXPECT_TRUE(bench_.orders.unsettled_orders(pbx.id).empty());
  EXPECT_EQ(claim({TaskKind::order, order.id}).result, ClaimResult::gone);
  expect_sound();
}

TEST_F(Stores, refuse_what_was_to_stand_in_for_a_version_that_has_come) {
  const Certificate pbx = bench_.make_certificate("pbx");
  const auto come = [&](const std::string& reason, std::optional<Instant> needed_by) {
    const SealedKey key = bench_.make_key();
    Order order = with_key(bench_.open_order(pbx), key);
    order.reason = reason;
    order.needed_by = needed_by;
    order.state = Issued{};
    return bench_.orders.save({order, event("order.issued", "pbx"), {}, testing::facts(key.id), key.id});
  };
  come("issue", {});
  const auto expiry = bench_.certificates.current(pbx.id)->not_after;
  come("stand_in", expiry);
  const auto late = come("stand_in", expiry - std::chrono::hours(1));
  EXPECT_TRUE(std::holds_alternative<Withdrawn>(late.state));
  EXPECT_EQ(bench_.certificates.versions(pbx.id).size(), 2U);
  expect_sound();  // its key, too, is gone
}

}  // namespace
}  // namespace certmgr::store
