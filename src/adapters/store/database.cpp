// SPDX-License-Identifier: MIT
#include "adapters/store/database.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include "adapters/store/open_file.h"
#include "adapters/store/statement_cache.h"
#include "adapters/store/store_trouble.h"

namespace certmgr::store {
namespace {

// Writers wait for one another; a step holds the store for milliseconds.
constexpr int kBusyTimeoutMs = 10'000;

/// Commits do not wait for the disk while this lives. Must begin and end outside a transaction.
class RelaxedCommits {
 public:
  explicit RelaxedCommits(SQLite::Database& connection) : connection_(connection) {
    Query(connection_, "PRAGMA synchronous = NORMAL").exec();
  }
  ~RelaxedCommits() { connection_.tryExec("PRAGMA synchronous = FULL"); }
  RelaxedCommits(const RelaxedCommits&) = delete;
  RelaxedCommits& operator=(const RelaxedCommits&) = delete;

 private:
  SQLite::Database& connection_;
};

void in_transaction(SQLite::Database& connection, const std::function<void(SQLite::Database&)>& body) {
  SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
  body(connection);
  transaction.commit();
}

}  // namespace

Database::Database(std::string path, const std::vector<Migration>& steps) : path_(std::move(path)) {
  create_file(path_);
  mapped("open the store", [&] {
    connection_ = std::make_unique<SQLite::Database>(path_, SQLite::OPEN_READWRITE, kBusyTimeoutMs);
    prepare_connection(*connection_);
    migrate(*connection_, steps);
    statements_ = std::make_unique<StatementCache>(*connection_);
  });
}

Database::~Database() = default;

void Database::mapped(const std::string& doing, const std::function<void()>& body) {
  try {
    body();
  } catch (const SQLite::Exception& error) {
    const int system_error = connection_ ? sqlite3_system_errno(connection_->getHandle()) : 0;
    throw Failure(sqlite_trouble(error, system_error, doing, path_));
  }
}

void Database::guarded(const std::string& doing, const Body& body) {
  const std::lock_guard lock(mutex_);
  const StatementCache::Use use(*statements_);
  mapped(doing, [&] { body(*connection_); });
}

void Database::guarded_transaction(const std::string& doing, Durability durability, const Body& body) {
  guarded(doing, [&](SQLite::Database& connection) {
    if (durability == Durability::full) return in_transaction(connection, body);
    const RelaxedCommits relaxed(connection);
    in_transaction(connection, body);
  });
  if (durability == Durability::full && heard_) heard_();
}

}  // namespace certmgr::store
