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

/// For so long a write waits for those of other threads, if the last one was another's and not longer ago.
constexpr std::chrono::milliseconds kPause{2};
constexpr std::chrono::milliseconds kCrowded{10};

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

void CommitGroup::write(PendingWrite& mine) {
  if (!leads(mine)) return;
  let_others_join();
  locked_([&](SQLite::Database& connection) { commit(connection); });
}

bool CommitGroup::leads(PendingWrite& mine) {
  std::unique_lock lock(mutex_);
  joined_.push_back(&mine);
  if (!std::exchange(led_, true)) return true;
  mine.ended.wait(lock, [&] { return mine.done; });
  return false;
}

/// Whoever writes alone does not wait.
void CommitGroup::let_others_join() {
  {
    const std::lock_guard lock(mutex_);
    if (last_ == std::this_thread::get_id() || Steady::now() - last_at_ > kCrowded) return;
  }
  std::this_thread::sleep_for(kPause);
}

std::vector<PendingWrite*> CommitGroup::take() {
  const std::lock_guard lock(mutex_);
  led_ = false;
  last_ = joined_.size() > 1 ? std::thread::id() : std::this_thread::get_id();
  last_at_ = Steady::now();
  return std::exchange(joined_, {});
}

void CommitGroup::commit(SQLite::Database& connection) {
  const auto writes = take();
  try {
    check_();
    run(connection, writes);
  } catch (...) {
    fail_rest(writes);
  }
  const std::lock_guard lock(mutex_);
  for (auto* write : writes) {
    write->done = true;
    write->ended.notify_one();
  }
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
