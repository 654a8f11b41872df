// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "adapters/store/commit_group.h"
#include "adapters/store/file_place.h"
#include "adapters/store/migrations.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

class StatementCache;

/// Whether a commit has reached the disk when the call returns. Leases and nonces mean nothing after a
/// power cut, so they need not wait for the disk; the next durable commit takes them along.
enum class Durability { full, relaxed };

/// The store's file: one connection, used by one thread at a time. All stores share one Database.
/// This is the one place where SQLite's exceptions become Failures.
class Database {
 public:
  /// Opens the store, makes it (mode 0600, missing folders 0700) if it is not there, and migrates it.
  /// Throws Failure: "store_unwritable", "store_foreign", "store_newer", "store_corrupt", "disk_full".
  /// Every write may throw "store_vanished" or "store_replaced": nothing is committed to a file that is no
  /// longer the store.
  explicit Database(std::string path, const std::vector<Migration>& steps = migrations());
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  /// Why what is written here would be lost, if so.
  [[nodiscard]] std::optional<Trouble> lost() const { return place_->lost(); }

  /// `heard` is called after every durable write, without the lock. Set before threads are started.
  void on_change(std::function<void()> heard) { heard_ = std::move(heard); }

  /// Runs `work(SQLite::Database&)` under the lock. `doing` completes "cannot ...". `work` must not call
  /// the Database again.
  template <class Work>
  auto read(const std::string& doing, Work&& work) {
    return call(std::forward<Work>(work), [&](const Body& body) { guarded(doing, body); });
  }

  /// The same in one transaction (BEGIN IMMEDIATE); an exception undoes everything `work` did. It may be
  /// another waiting thread that runs it, together with its own.
  template <class Work>
  auto write(const std::string& doing, Work&& work, Durability durability = Durability::full) {
    return call(std::forward<Work>(work),
                [&](const Body& body) { guarded_transaction(doing, durability, body); });
  }

 private:
  using Body = std::function<void(SQLite::Database&)>;

  template <class Work, class Runner>
  static auto call(Work&& work, Runner&& runner) {
    using Value = std::invoke_result_t<Work&, SQLite::Database&>;
    if constexpr (std::is_void_v<Value>) {
      runner([&](SQLite::Database& connection) { work(connection); });
    } else {
      std::optional<Value> value;
      runner([&](SQLite::Database& connection) { value.emplace(work(connection)); });
      return std::move(*value);
    }
  }

  void mapped(const std::string& doing, const std::function<void()>& body);
  void locked(const Body& body);
  void guarded(const std::string& doing, const Body& body);
  void guarded_transaction(const std::string& doing, Durability durability, const Body& body);

  std::string path_;
  std::function<void()> heard_;
  CommitGroup writes_;
  std::mutex mutex_;  // of the connection
  std::unique_ptr<SQLite::Database> connection_;
  std::optional<FilePlace> place_;
  std::unique_ptr<StatementCache> statements_;  // goes before the connection
};

}  // namespace certmgr::store
