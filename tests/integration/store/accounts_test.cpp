// SPDX-License-Identifier: MIT
// Several accounts, their keys, and keys that must not come back.
#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>

#include "adapters/store/authorization_store.h"
#include "adapters/store/migrations.h"
#include "adapters/store/revocation_store.h"
#include "integration/store/stores_fixture.h"

namespace certmgr::store {
namespace {

using testing::event;
using testing::failure_of;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Accounts : public testing::Stores {
 protected:
  Account add(const std::string& name = {}) {
    Account account;
    account.ca = "test";
    account.directory_url = "https://ca.example/directory";
    account.name = name;
    account.status = "valid";
    account.url = "https://ca.example/account/" + name;
    return accounts_.add_account(account, bench_.make_key("account"), event("account.created", "test"));
  }
  AccountStore& accounts_ = bench_.accounts;
};

TEST_F(Accounts, of_one_directory_are_told_apart_by_name) {
  const auto usual = add();
  const auto other = add("other");
  EXPECT_EQ(accounts_.account_at(usual.place())->id, usual.id);
  EXPECT_EQ(accounts_.account_at(other.place())->id, other.id);
  EXPECT_EQ(add("other").id, other.id) << "whoever is faster";
  EXPECT_THAT(accounts_.accounts(), SizeIs(2));
  expect_sound();
}

TEST_F(Accounts, that_ended_make_room_and_stay) {
  auto ended = add();
  ended.status = "deactivated";
  accounts_.change_account(ended, event("account.deactivated", "test"));
  EXPECT_EQ(accounts_.account_at(ended.place())->id, ended.id) << "so that it can be said";
  const auto next = add();
  EXPECT_NE(next.id, ended.id);
  EXPECT_EQ(accounts_.account_at(ended.place())->id, next.id);
  EXPECT_THAT(accounts_.accounts(), SizeIs(2));
  expect_sound();
}

TEST_F(Accounts, remember_which_external_account_bound_them) {
  auto account = add();
  const auto used = [&](const char* kid) {
    return accounts_.external_account_used("https://ca.example/directory", kid);
  };
  accounts_.change_account(account, event("account.updated", "test"));
  EXPECT_FALSE(used("kid-1")) << "none did";
  accounts_.change_account(account, event("account.registered", "test"), "kid-1");
  EXPECT_TRUE(used("kid-1"));
  EXPECT_FALSE(used("kid-2"));
  EXPECT_FALSE(accounts_.external_account_used("https://other.example/directory", "kid-1"));
  account.status = "deactivated";
  accounts_.change_account(account, event("account.deactivated", "test"), "kid-1");
  EXPECT_TRUE(used("kid-1")) << "the account is gone, its use is not";
  expect_sound();
}

TEST_F(Accounts, keep_both_keys_until_one_counts) {
  const auto account = add();
  const auto next = bench_.make_key("account");
  const auto changing = accounts_.begin_key_change(account, next, {"test"}, event("e", "test"));
  EXPECT_EQ(changing.next_key_id, next.id);
  EXPECT_EQ(changing.key_id, account.key_id);
  expect_sound();
  EXPECT_EQ(failure_of([&] {
              accounts_.begin_key_change(account, bench_.make_key("account"), {"test"}, event("e", "test"));
            }).code,
            "conflict")
      << "one at a time";
  const auto changed = accounts_.end_key_change(changing, next.id, event("account.key_changed", "test"));
  EXPECT_EQ(changed.key_id, next.id);
  EXPECT_TRUE(changed.next_key_id.empty());
  EXPECT_FALSE(bench_.certificates.key(account.key_id)) << "the old key is gone";
  const auto events = event_count();
  EXPECT_EQ(accounts_.end_key_change(changing, next.id, event("e", "test")).key_id, next.id);
  EXPECT_EQ(event_count(), events) << "another process was faster";
  EXPECT_EQ(failure_of([&] { accounts_.end_key_change(changing, account.key_id, event("e", "test")); }).code,
            "conflict");
  expect_sound();
}

TEST_F(Accounts, drop_the_key_the_ca_refused) {
  const auto account = add();
  const auto next = bench_.make_key("account");
  const auto changing = accounts_.begin_key_change(account, next, {}, event("e", "test"));
  EXPECT_EQ(accounts_.end_key_change(changing, account.key_id, event("e", "test")).key_id, account.key_id);
  EXPECT_FALSE(bench_.certificates.key(next.id));
  expect_sound();
}

TEST_F(Accounts, get_no_new_key_while_an_order_proves_control) {
  const auto account = add();
  Order order = bench_.open_order(bench_.make_certificate("pbx"));
  const auto key = bench_.make_key();
  order = with_key(order, key);
  order.state = Validating{"https://ca/order/1", "https://ca/order/1/finalize", key.id, {}, std::nullopt};
  order = bench_.orders.save({order, event("order.validating", "pbx"), {}, {}, {}});
  const auto begin = [&](const std::string& ca) {
    accounts_.begin_key_change(account, bench_.make_key("account"), {ca}, event("e", "test"));
  };
  const auto refused = failure_of([&] { begin(order.spec.ca); });
  EXPECT_EQ(refused.code, "account_busy");
  EXPECT_EQ(refused.kind, TroubleKind::waiting);
  EXPECT_NO_THROW(begin("another"));
  expect_sound();
}

TEST_F(Accounts, of_older_stores_are_kept) {
  SQLite::Database old(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  old.exec("PRAGMA foreign_keys = ON");
  const auto& all = migrations();
  const auto ours = std::find_if(all.begin(), all.end(), [](const Migration& step) {
    return step.sql.find("CREATE TABLE compromised_keys") != std::string::npos;
  });
  migrate(old, {all.begin(), ours});
  old.exec(
      "INSERT INTO keys VALUES ('0123456789abcdef0123456789abcdef', 'ecdsa-p256', 'account', 'aa', x'00', "
      "1)");
  old.exec(
      "INSERT INTO accounts VALUES (7, 'test', 'https://ca/dir', '0123456789abcdef0123456789abcdef', "
      "'https://ca/7',"
      " 'valid', '[]', '', 1)");
  migrate(old, all);
  EXPECT_EQ(
      old.execAndGet("SELECT id || name || url || coalesce(next_key_id, '-') FROM accounts").getString(),
      "7https://ca/7-");
  EXPECT_FALSE(SQLite::Statement(old, "PRAGMA foreign_key_check").executeStep());
}

class CompromisedKeys : public testing::Stores {
 protected:
  SqliteRevocationStore revocations_{bench_.database, bench_.clock};
  Certificate pbx_ = bench_.make_certificate("pbx");
  Version version_ = bench_.issue(pbx_);
};

TEST_F(CompromisedKeys, are_known_from_the_moment_it_was_said) {
  const auto key = *bench_.certificates.key(version_.key_id);
  revocations_.request_revocation({version_.id, "superseded", true, bench_.clock.now()}, false,
                                  event("e", "pbx"));
  EXPECT_FALSE(bench_.certificates.is_compromised(key));
  revocations_.request_revocation({version_.id, "keyCompromise", false, bench_.clock.now()}, true,
                                  event("e", "pbx"));
  EXPECT_TRUE(bench_.certificates.is_compromised(key));
  EXPECT_EQ(revocations_.requested(version_.id)->reason, "keyCompromise");
  EXPECT_FALSE(revocations_.requested(version_.id)->renew);
  EXPECT_FALSE(revocations_.revocation(version_.id)) << "the CA has not said so";
  revocations_.drop_request(version_.id, event("e", "pbx"));
  EXPECT_FALSE(revocations_.requested(version_.id));
  EXPECT_TRUE(bench_.certificates.is_compromised(key)) << "whatever becomes of the revocation";
  expect_sound();
}

TEST_F(CompromisedKeys, are_used_by_no_order_and_never_come_back) {
  revocations_.request_revocation({version_.id, "keyCompromise", true, bench_.clock.now()}, true,
                                  event("e", "pbx"));
  const auto key = *bench_.certificates.key(version_.key_id);
  Order order = bench_.open_order(pbx_);
  order.state = Ordering{key.id};
  EXPECT_THROW(bench_.orders.save({order, event("order.ordering", "pbx"), {}, {}, {}}), Failure)
      << "reused from the version before";
  auto again = bench_.make_key();
  again.spki_sha256 = key.spki_sha256;
  order.state = Ordering{again.id};
  EXPECT_THROW(bench_.orders.save({order, event("order.ordering", "pbx"), again, {}, {}}), Failure)
      << "brought from elsewhere";
}

TEST_F(CompromisedKeys, tell_which_order_brought_a_version) {
  EXPECT_EQ(bench_.orders.order_of_version(version_.id)->certificate_id, pbx_.id);
  EXPECT_FALSE(bench_.orders.order_of_version(99));
  EXPECT_THAT(bench_.orders.order_urls(99, 5), IsEmpty());
}

TEST_F(CompromisedKeys, and_authorizations_are_read_as_they_were_saved) {
  SqliteAuthorizationStore store(bench_.database, bench_.clock);
  Preauthorization one{"https://ca/authz/1", testing::spec("a.example.com"), true};
  one.spec.identifiers = {{IdentifierType::dns, "a.example.com"}};
  one.expires = bench_.clock.now();
  one.created_at = bench_.clock.now();
  Proof proof;
  proof.token = "token";
  proof.identifier = one.identifier();
  one.published = proof;
  EXPECT_FALSE(store.newest(one.spec.ca, one.identifier()));
  store.save_authorization(one, event("authorization.proving", "a.example.com"));
  const auto read = store.newest(one.spec.ca, one.identifier());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->url, one.url);
  EXPECT_EQ(read->spec, one.spec);
  EXPECT_EQ(read->published, one.published);
  EXPECT_EQ(read->expires, one.expires);
  EXPECT_TRUE(read->subdomains);
  one.state = AuthorizationState::deactivated;
  one.published.reset();
  store.save_authorization(one, event("authorization.deactivated", "a.example.com"));
  EXPECT_EQ(store.newest(one.spec.ca, one.identifier())->state, AuthorizationState::deactivated);
  EXPECT_FALSE(store.newest(one.spec.ca, one.identifier())->published);
}

}  // namespace
}  // namespace certmgr::store
