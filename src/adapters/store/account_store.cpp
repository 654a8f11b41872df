// SPDX-License-Identifier: MIT
#include "adapters/store/account_store.h"

#include "adapters/store/event_chain.h"
#include "adapters/store/key_rows.h"
#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"

namespace certmgr::store {
namespace {

constexpr const char* kSelect =
    "SELECT id, ca, directory_url, key_id, url, status, contacts, terms_agreed, created_at, name,"
    " coalesce(next_key_id, '') FROM accounts ";

Account read_account(SQLite::Statement& row) {
  Account account;
  account.id = row.getColumn(0).getInt64();
  account.ca = row.getColumn(1).getString();
  account.directory_url = row.getColumn(2).getString();
  account.key_id = row.getColumn(3).getString();
  account.url = row.getColumn(4).getString();
  account.status = row.getColumn(5).getString();
  decode_row("account " + std::to_string(account.id), [&] {
    account.contacts = json::parse(row.getColumn(6).getString()).get<std::vector<std::string>>();
  });
  account.terms_agreed = row.getColumn(7).getString();
  account.created_at = instant(row.getColumn(8).getInt64());
  account.name = row.getColumn(9).getString();
  account.next_key_id = row.getColumn(10).getString();
  return account;
}

std::optional<Account> account_in_use(SQLite::Database& connection, const AccountPlace& place) {
  return first(
      query(connection,
            std::string(kSelect) + "WHERE directory_url = ? AND name = ? AND status <> 'deactivated'",
            place.directory_url, place.name),
      read_account);
}

std::optional<Account> last_account(SQLite::Database& connection, const AccountPlace& place) {
  return first(query(connection,
                     std::string(kSelect) + "WHERE directory_url = ? AND name = ? ORDER BY id DESC LIMIT 1",
                     place.directory_url, place.name),
               read_account);
}

std::optional<Account> account_by_id(SQLite::Database& connection, std::int64_t id) {
  return first(query(connection, std::string(kSelect) + "WHERE id = ?", id), read_account);
}

Trouble changed_meanwhile(const Account& account) {
  return conflict("account " + std::to_string(account.id), "it is gone or has another key now");
}

/// The CA judges proofs by the account's key: those that are published would not be accepted any more.
void refuse_while_proving(SQLite::Database& connection, const Account& account,
                          const std::vector<std::string>& cas) {
  for (const auto& ca : cas) {
    const bool proving = query(connection,
                               "SELECT 1 FROM tasks JOIN orders ON orders.id = tasks.subject_id"
                               " WHERE tasks.kind = 'order' AND tasks.party = ?"
                               " AND orders.state = 'validating' LIMIT 1",
                               party_of_ca(ca))
                             .executeStep();
    if (!proving) continue;
    throw Failure({.kind = TroubleKind::waiting,
                   .code = "account_busy",
                   .what = "cannot change the key of the account " + account.url,
                   .why = "an order at the CA " + ca + " is proving control with the key it has now",
                   .hint = "try again when that is over; 'certmgr list' shows how it stands"});
  }
}

}  // namespace

std::optional<Account> SqliteAccountStore::account_at(const AccountPlace& place) {
  return database_.read("read the account at " + place.directory_url, [&](SQLite::Database& connection) {
    auto account = account_in_use(connection, place);
    return account ? account : last_account(connection, place);
  });
}

std::vector<Account> SqliteAccountStore::accounts() {
  return database_.read("list the accounts", [&](SQLite::Database& connection) {
    return all(query(connection, std::string(kSelect) + "ORDER BY id"), read_account);
  });
}

Account SqliteAccountStore::add_account(const Account& account, const SealedKey& key,
                                        const EventDraft& event) {
  return database_.write("save an account at " + account.directory_url, [&](SQLite::Database& connection) {
    if (auto known = account_in_use(connection, account.place())) return *known;
    const Instant now = clock_.now();
    insert_key(connection, key, now);
    Account added = account;
    added.key_id = key.id;
    execute(connection,
            "INSERT INTO accounts (ca, directory_url, name, key_id, url, status, contacts, terms_agreed,"
            " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            added.ca, added.directory_url, added.name, added.key_id, added.url, added.status,
            dump(json(added.contacts)), added.terms_agreed, added.created_at);
    added.id = connection.getLastInsertRowid();
    append_event(connection, event, now);
    return added;
  });
}

void SqliteAccountStore::change_account(const Account& account, const EventDraft& event,
                                        const std::string& used_kid) {
  database_.write("save the account at " + account.directory_url, [&](SQLite::Database& connection) {
    const int changed =
        execute(connection,
                "UPDATE accounts SET ca = ?, url = ?, status = ?, contacts = ?, terms_agreed = ?"
                " WHERE id = ? AND key_id = ?",
                account.ca, account.url, account.status, dump(json(account.contacts)), account.terms_agreed,
                account.id, account.key_id);
    if (changed == 0) throw Failure(changed_meanwhile(account));
    const Instant now = clock_.now();
    if (!used_kid.empty())
      execute(connection,
              "INSERT OR IGNORE INTO external_accounts_used (directory_url, kid, account_url, used_at)"
              " VALUES (?, ?, ?, ?)",
              account.directory_url, used_kid, account.url, now);
    append_event(connection, event, now);
  });
}

bool SqliteAccountStore::external_account_used(const std::string& directory_url, const std::string& kid) {
  return database_.read("look for an external account", [&](SQLite::Database& connection) {
    return query(connection, "SELECT 1 FROM external_accounts_used WHERE directory_url = ? AND kid = ?",
                 directory_url, kid)
        .executeStep();
  });
}

Account SqliteAccountStore::begin_key_change(const Account& account, const SealedKey& next,
                                             const std::vector<std::string>& cas, const EventDraft& event) {
  return database_.write("save a new key for " + account.url, [&](SQLite::Database& connection) {
    refuse_while_proving(connection, account, cas);
    const Instant now = clock_.now();
    insert_key(connection, next, now);
    const int changed = execute(
        connection, "UPDATE accounts SET next_key_id = ? WHERE id = ? AND key_id = ? AND next_key_id IS NULL",
        next.id, account.id, account.key_id);
    if (changed == 0) throw Failure(changed_meanwhile(account));
    append_event(connection, event, now);
    return *account_by_id(connection, account.id);
  });
}

Account SqliteAccountStore::end_key_change(const Account& account, const std::string& key_id,
                                           const EventDraft& event) {
  return database_.write("save the key of " + account.url, [&](SQLite::Database& connection) {
    const auto now = account_by_id(connection, account.id);
    if (now && now->key_id == key_id && now->next_key_id.empty()) return *now;
    const bool known = now && (key_id == now->key_id || key_id == now->next_key_id);
    if (!known) throw Failure(changed_meanwhile(account));
    execute(connection, "UPDATE accounts SET key_id = ?, next_key_id = NULL WHERE id = ?", key_id,
            account.id);
    drop_unused_key(connection, key_id == now->key_id ? now->next_key_id : now->key_id);
    append_event(connection, event, clock_.now());
    return *account_by_id(connection, account.id);
  });
}

}  // namespace certmgr::store
