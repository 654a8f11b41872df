// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "integration/store/support.h"

namespace certmgr::store {
namespace {

using ::testing::ElementsAre;
using testing::event;
using testing::failure_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::spec;
using testing::sql;
using testing::sql_value;

class Stores : public ::testing::Test {
 protected:
  testing::TemporaryFolder folder_;
  testing::Bench bench_{folder_ / "s.db"};

  Claim claim(TaskRef task) {
    const Claim claim = bench_.tasks.claim(task, bench_.clock.now(), std::chrono::minutes(5), false);
    bench_.tasks.release(task);
    return claim;
  }
  std::size_t event_count() { return bench_.events.events("", 1000).size(); }
  void expect_sound() { EXPECT_THAT(bench_.inspector.check().findings, IsEmpty()); }
  Order with_key(Order order, const SealedKey& key) {
    order.state = Ordering{key.id};
    return bench_.orders.save({order, event("order.ordering", order.spec.label), key, {}, {}});
  }
};

std::vector<std::string> labels(const std::vector<Certificate>& certificates) {
  std::vector<std::string> all;
  for (const Certificate& certificate : certificates) all.push_back(certificate.spec.label);
  return all;
}

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

TEST_F(Stores, keep_servers_by_name) {
  const Server sip = bench_.make_server("sip");
  const Server added = testing::server("sip");
  EXPECT_EQ(bench_.servers.find_server("sip")->files, added.files);
  EXPECT_EQ(bench_.servers.server(sip.id)->verify, added.verify);
  EXPECT_EQ(bench_.servers.find_server("sip")->mode, 0640U);
  EXPECT_FALSE(bench_.servers.find_server("web"));
  const Trouble trouble = failure_of([&] { bench_.make_server("sip"); });
  EXPECT_EQ(trouble.code, "server_exists");
  EXPECT_EQ(trouble.kind, TroubleKind::usage);
}

TEST_F(Stores, change_and_rename_a_server) {
  Server sip = bench_.make_server("sip");
  bench_.make_server("web");
  sip.name = "edge";
  sip.mode.reset();
  bench_.servers.change_server(sip, event("server.changed", "edge"));
  EXPECT_EQ(*bench_.servers.server(sip.id), sip);
  sip.name = "web";
  EXPECT_EQ(failure_of([&] { bench_.servers.change_server(sip, event("server.changed", "web")); }).code,
            "server_exists");
}

TEST_F(Stores, remove_a_server_but_keep_the_history_of_its_deployments) {
  const Certificate pbx = bench_.make_certificate("pbx");
  const Server sip = bench_.make_server("sip");
  bench_.certificates.attach(pbx.id, sip.id, event("e", "pbx"));
  const Deployment deployment =
      bench_.deployments.open_deployment(testing::deployment(bench_.issue(pbx), sip), event("e", "sip"));
  bench_.servers.remove_server(sip.id, event("server.removed", "sip"));
  EXPECT_FALSE(bench_.servers.server(sip.id));
  EXPECT_THAT(bench_.servers.servers(), IsEmpty());
  EXPECT_THAT(bench_.certificates.servers_of(pbx.id), IsEmpty());
  EXPECT_TRUE(bench_.deployments.deployment(deployment.id));
  EXPECT_NE(bench_.make_server("sip").id, sip.id);
  EXPECT_EQ(failure_of([&] { bench_.servers.remove_server(sip.id, event("e", "sip")); }).code, "conflict");
  EXPECT_EQ(failure_of([&] { bench_.certificates.attach(pbx.id, sip.id, event("e", "pbx")); }).code,
            "conflict");
  expect_sound();
}

TEST_F(Stores, attach_servers_to_certificates_once) {
  const Certificate pbx = bench_.make_certificate("pbx");
  const Certificate alias = bench_.make_certificate("alias");
  const Server web = bench_.make_server("web");
  const Server sip = bench_.make_server("sip");
  for (const Server* server : {&web, &sip, &web}) {
    bench_.certificates.attach(pbx.id, server->id, event("certificate.attached", "pbx"));
  }
  bench_.certificates.attach(alias.id, web.id, event("certificate.attached", "alias"));
  const auto servers = bench_.certificates.servers_of(pbx.id);
  ASSERT_THAT(servers, SizeIs(2));
  EXPECT_EQ(servers[0].name, "sip");
  EXPECT_EQ(servers[1], web);
  EXPECT_THAT(labels(bench_.certificates.certificates_on(web.id)), ElementsAre("alias", "pbx"));
  EXPECT_THAT(bench_.events.events("pbx", 10), SizeIs(3));
}

TEST_F(Stores, open_one_deployment_per_version_and_server) {
  const Version version = bench_.issue(bench_.make_certificate("pbx"));
  const Server sip = bench_.make_server("sip");
  const Deployment first =
      bench_.deployments.open_deployment(testing::deployment(version, sip), event("e", "sip"));
  const Deployment again =
      bench_.deployments.open_deployment(testing::deployment(version, sip), event("e", "sip"));
  EXPECT_EQ(first.id, again.id);
  Deployment done = first;
  done.state = Verified{bench_.clock.now()};
  done = bench_.deployments.save_deployment(done, event("deployment.verified", "sip"));
  EXPECT_EQ(claim({TaskKind::deployment, first.id}).result, ClaimResult::gone);
  EXPECT_EQ(failure_of([&] { bench_.deployments.save_deployment(first, event("e", "sip")); }).code,
            "conflict");
  EXPECT_NE(bench_.deployments.open_deployment(testing::deployment(version, sip), event("e", "sip")).id,
            first.id);
  expect_sound();
}

TEST_F(Stores, give_up_an_older_deployment_only_if_it_has_touched_nothing) {
  const Certificate pbx = bench_.make_certificate("pbx");
  const Server sip = bench_.make_server("sip");
  const Server web = bench_.make_server("web");
  const Version old = bench_.issue(pbx);
  const auto open = [&](const Version& version, const Server& server) {
    return bench_.deployments.open_deployment(testing::deployment(version, server),
                                              event("deployment.pending", server.name));
  };
  const Deployment waiting = open(old, sip);
  Deployment begun = open(old, web);
  begun.state = Staged{};
  begun = bench_.deployments.save_deployment(begun, event("deployment.staged", "web"));
  const Version version = bench_.issue(pbx);
  const Deployment newer = open(version, sip);
  open(version, web);

  const auto superseded = bench_.deployments.deployment(waiting.id);
  ASSERT_TRUE(std::holds_alternative<DeployFailed>(superseded->state));
  EXPECT_EQ(std::get<DeployFailed>(superseded->state).cause.code, "superseded");
  EXPECT_EQ(claim({TaskKind::deployment, waiting.id}).result, ClaimResult::gone);
  EXPECT_EQ(failure_of([&] { bench_.deployments.save_deployment(waiting, event("e", "sip")); }).code,
            "conflict");
  EXPECT_TRUE(std::holds_alternative<Staged>(bench_.deployments.deployment(begun.id)->state));
  EXPECT_EQ(bench_.deployments.last_deployment(pbx.id, sip.id)->id, newer.id);
  EXPECT_EQ(bench_.events.events("sip", 2)[1].draft.data.at("code"), "superseded");
  expect_sound();
}

TEST_F(Stores, leave_deployments_of_other_certificates_and_newer_versions_alone) {
  const Certificate pbx = bench_.make_certificate("pbx");
  const Server sip = bench_.make_server("sip");
  const Version other = bench_.issue(bench_.make_certificate("other"));
  const Version old = bench_.issue(pbx);
  const Version newer = bench_.issue(pbx);
  const Deployment neighbour =
      bench_.deployments.open_deployment(testing::deployment(other, sip), event("e", "sip"));
  const Deployment forward =
      bench_.deployments.open_deployment(testing::deployment(newer, sip), event("e", "sip"));
  bench_.deployments.open_deployment(testing::deployment(old, sip), event("e", "sip"));
  EXPECT_TRUE(std::holds_alternative<Pending>(bench_.deployments.deployment(neighbour.id)->state));
  EXPECT_TRUE(std::holds_alternative<Pending>(bench_.deployments.deployment(forward.id)->state));
  EXPECT_FALSE(bench_.deployments.last_deployment(pbx.id, 99));
}

TEST_F(Stores, keep_one_account_per_directory) {
  Account account;
  account.ca = "letsencrypt";
  account.directory_url = "https://ca.example/directory";
  account.status = "new";
  account.contacts = {"mailto:a@example.com"};
  const SealedKey key = bench_.make_key("account");
  account = bench_.accounts.add_account(account, key, event("account.added", "letsencrypt"));
  EXPECT_EQ(account.key_id, key.id);
  const SealedKey late = bench_.make_key("account");
  EXPECT_EQ(bench_.accounts.add_account(account, late, event("account.added", "letsencrypt")).key_id, key.id);
  EXPECT_FALSE(bench_.certificates.key(late.id));
  EXPECT_EQ(bench_.certificates.key(key.id)->purpose, "account");
  account.url = "https://ca.example/account/1";
  account.status = "valid";
  bench_.accounts.change_account(account, event("account.valid", "letsencrypt"));
  const auto found = bench_.accounts.account_for(account.directory_url);
  EXPECT_EQ(found->url, account.url);
  EXPECT_EQ(found->contacts, account.contacts);
  EXPECT_THAT(bench_.accounts.accounts(), SizeIs(1));
  EXPECT_FALSE(bench_.accounts.account_for("https://other.example"));
  expect_sound();
}

TEST_F(Stores, hand_out_a_nonce_once_and_the_newest_first) {
  CaMemory& memory = bench_.memory;
  for (int i = 0; i < 20; ++i) memory.park_nonce("https://a", "n" + std::to_string(i));
  memory.park_nonce("https://a", "n19");
  memory.park_nonce("https://b", "other");
  EXPECT_EQ(memory.take_nonce("https://a"), "n19");
  EXPECT_EQ(memory.take_nonce("https://a"), "n18");
  int left = 0;
  while (memory.take_nonce("https://a")) ++left;
  EXPECT_EQ(left, 6);
  EXPECT_EQ(memory.take_nonce("https://b"), "other");
}

TEST_F(Stores, remember_a_directory_and_forget_rather_than_fail) {
  CaMemory& memory = bench_.memory;
  EXPECT_FALSE(memory.directory("https://a"));
  memory.remember_directory("https://a", {"{}", bench_.clock.now()});
  memory.remember_directory("https://a", {"{\"newOrder\":\"x\"}", bench_.clock.now()});
  EXPECT_EQ(memory.directory("https://a")->body, "{\"newOrder\":\"x\"}");
  EXPECT_EQ(memory.directory("https://a")->fresh_until, bench_.clock.now());
  sql(bench_.database, "DROP TABLE ca_memory");
  EXPECT_NO_THROW(memory.park_nonce("https://a", "n"));
  EXPECT_NO_THROW(memory.remember_directory("https://a", {}));
  EXPECT_FALSE(memory.take_nonce("https://a"));
  EXPECT_FALSE(memory.directory("https://a"));
}

}  // namespace
}  // namespace certmgr::store
