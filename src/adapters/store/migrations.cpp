// SPDX-License-Identifier: MIT
#include "adapters/store/migrations.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>

#include "adapters/store/store_trouble.h"

namespace certmgr::store {
namespace {

void refuse_newer(int found, const std::vector<Migration>& steps, const std::string& path) {
  const int known = steps.empty() ? 0 : steps.back().version;
  if (found <= known) return;
  throw Failure(store_trouble("store_newer", "cannot open the store " + path,
                              "it has schema version " + std::to_string(found) +
                                  ", this program knows up to " + std::to_string(known),
                              "install the certmgr that last wrote this store, or a newer one"));
}

}  // namespace

int schema_version(SQLite::Database& connection) {
  return connection.execAndGet("PRAGMA user_version").getInt();
}

void migrate(SQLite::Database& connection, const std::vector<Migration>& steps) {
  refuse_newer(schema_version(connection), steps, connection.getFilename());
  for (const Migration& step : steps) {
    if (schema_version(connection) >= step.version) continue;
    SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
    // Another process may have been faster while this one waited for the lock.
    if (schema_version(connection) >= step.version) continue;
    connection.exec(step.sql);
    // user_version lies in the file's header and belongs to the transaction.
    connection.exec("PRAGMA user_version = " + std::to_string(step.version));
    transaction.commit();
  }
  refuse_newer(schema_version(connection), steps, connection.getFilename());
}

}  // namespace certmgr::store
