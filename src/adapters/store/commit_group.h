// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace certmgr::store {

/// A write that a thread waits for.
struct PendingWrite {
  const std::string& doing;  // completes "cannot ..."
  const std::function<void(SQLite::Database&)>& body;
  bool durable = true;
  bool done = false;
  std::exception_ptr error;  // with `done`: why it was undone
};

/// Writes that arrive while another thread's commit waits for the disk, and are committed together: the
/// disk is waited for once. Each write is still all or nothing by itself.
class CommitGroup {
 public:
  /// Turns SQLite's exceptions in `body` into Failures about `doing`.
  using Mapped = std::function<void(const std::string& doing, const std::function<void()>& body)>;
  explicit CommitGroup(Mapped mapped) : mapped_(std::move(mapped)) {}

  void join(PendingWrite& write);
  /// Commits all that have joined, under the connection's lock. Everything is done afterwards. What `check`
  /// throws, before anything is written, all of them get.
  void commit(SQLite::Database& connection, const std::function<void()>& check);

 private:
  std::vector<PendingWrite*> take();
  void run(SQLite::Database& connection, const std::vector<PendingWrite*>& writes);
  void run_one_of_several(SQLite::Database& connection, PendingWrite& write);
  void fail_rest(const std::vector<PendingWrite*>& writes);

  Mapped mapped_;
  std::mutex mutex_;  // of `joined_`
  std::vector<PendingWrite*> joined_;
};

}  // namespace certmgr::store
