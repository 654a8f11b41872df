// SPDX-License-Identifier: MIT
#include "adapters/store/account_store.h"

#include "adapters/store/event_chain.h"
#include "adapters/store/key_rows.h"
#include "adapters/store/sql.h"

namespace certmgr::store {
namespace {

constexpr const char* kSelect =
    "SELECT id, ca, directory_url, key_id, url, status, contacts, terms_agreed, created_at FROM accounts ";

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
  return account;
}

std::optional<Account> find_account(SQLite::Database& connection, const std::string& directory_url) {
  return first(query(connection, std::string(kSelect) + "WHERE directory_url = ?", directory_url),
               read_account);
}

}  // namespace

std::optional<Account> SqliteAccountStore::account_for(const std::string& directory_url) {
  return database_.read("read the account at " + directory_url, [&](SQLite::Database& connection) {
    return find_account(connection, directory_url);
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
    if (auto known = find_account(connection, account.directory_url)) return *known;
    const Instant now = clock_.now();
    insert_key(connection, key, now);
    Account added = account;
    added.key_id = key.id;
    execute(
        connection,
        "INSERT INTO accounts (ca, directory_url, key_id, url, status, contacts, terms_agreed, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        added.ca, added.directory_url, added.key_id, added.url, added.status, dump(json(added.contacts)),
        added.terms_agreed, added.created_at);
    added.id = connection.getLastInsertRowid();
    append_event(connection, event, now);
    return added;
  });
}

void SqliteAccountStore::change_account(const Account& account, const EventDraft& event) {
  database_.write("save the account at " + account.directory_url, [&](SQLite::Database& connection) {
    const int changed =
        execute(connection,
                "UPDATE accounts SET ca = ?, url = ?, status = ?, contacts = ?, terms_agreed = ?"
                " WHERE id = ? AND key_id = ?",
                account.ca, account.url, account.status, dump(json(account.contacts)), account.terms_agreed,
                account.id, account.key_id);
    if (changed == 0) {
      throw Failure(conflict("account " + std::to_string(account.id), "it is gone or has another key now"));
    }
    append_event(connection, event, clock_.now());
  });
}

}  // namespace certmgr::store
