// SPDX-License-Identifier: MIT
#include "adapters/store/commit_group.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "adapters/store/statement_cache.h"

namespace certmgr::store {
namespace {

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

bool transaction_is_gone(SQLite::Database& connection) {
  return sqlite3_get_autocommit(connection.getHandle()) != 0;
}

}  // namespace

void CommitGroup::join(PendingWrite& write) {
  const std::lock_guard lock(mutex_);
  joined_.push_back(&write);
}

std::vector<PendingWrite*> CommitGroup::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(joined_, {});
}

void CommitGroup::commit(SQLite::Database& connection, const std::function<void()>& check) {
  const auto writes = take();
  try {
    check();
    run(connection, writes);
  } catch (...) {
    fail_rest(writes);
  }
  for (auto* write : writes) write->done = true;
}

void CommitGroup::run(SQLite::Database& connection, const std::vector<PendingWrite*>& writes) {
  const bool durable = std::any_of(writes.begin(), writes.end(), [](const auto* w) { return w->durable; });
  std::optional<RelaxedCommits> relaxed;
  if (!durable) relaxed.emplace(connection);
  SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
  if (writes.size() == 1) {
    writes.front()->body(connection);
  } else {
    for (auto* write : writes) run_one_of_several(connection, *write);
  }
  transaction.commit();
}

void CommitGroup::run_one_of_several(SQLite::Database& connection, PendingWrite& write) {
  Query(connection, "SAVEPOINT one_write").exec();
  try {
    mapped_(write.doing, [&] { write.body(connection); });
  } catch (...) {
    write.error = std::current_exception();
    // A disk that is full takes the whole transaction with it.
    if (transaction_is_gone(connection)) throw;
    Query(connection, "ROLLBACK TO one_write").exec();
  }
  Query(connection, "RELEASE one_write").exec();
}

/// Nothing was committed. Whoever has no reason of its own gets the one that is being handled.
void CommitGroup::fail_rest(const std::vector<PendingWrite*>& writes) {
  const auto cause = std::current_exception();
  for (auto* write : writes) {
    if (write->error) continue;
    try {
      mapped_(write->doing, [&] { std::rethrow_exception(cause); });
    } catch (...) {
      write->error = std::current_exception();
    }
  }
}

}  // namespace certmgr::store
