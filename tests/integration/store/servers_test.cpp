// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "integration/store/stores_fixture.h"

namespace certmgr::store {
namespace {

using ::testing::ElementsAre;
using testing::event;
using testing::failure_of;
using ::testing::IsEmpty;
using testing::labels;
using ::testing::SizeIs;
using testing::sql;
using testing::Stores;

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
  EXPECT_TRUE(std::holds_alternative<DeployFailed>(bench_.deployments.deployment(begun.id)->state))
      << "nobody works on it any more: the newer one takes over its files";
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
  const auto found = bench_.accounts.account_at(account.place());
  EXPECT_EQ(found->url, account.url);
  EXPECT_EQ(found->contacts, account.contacts);
  EXPECT_THAT(bench_.accounts.accounts(), SizeIs(1));
  EXPECT_FALSE(bench_.accounts.account_at({"https://other.example", ""}));
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
