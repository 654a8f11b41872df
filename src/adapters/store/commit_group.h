// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
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
  std::exception_ptr error{};  // with `done`: why it was undone
  std::condition_variable ended{};
};

/// Writes of several threads that are committed together: those that arrive while another commit waits for
/// the disk, or soon after one another. The disk is waited for once, and pages that several change are
/// written once. Each write is still all or nothing by itself. Thread-safe.
class CommitGroup {
 public:
  /// Turns SQLite's exceptions in `body` into Failures about `doing`.
  using Mapped = std::function<void(const std::string& doing, const std::function<void()>& body)>;
  /// Runs something with the connection, which no other thread has meanwhile.
  using Locked = std::function<void(const std::function<void(SQLite::Database&)>& body)>;
  /// What `check` throws, before anything is written, all writes of a group get.
  CommitGroup(Mapped mapped, Locked locked, std::function<void()> check)
      : mapped_(std::move(mapped)), locked_(std::move(locked)), check_(std::move(check)) {}

  /// Returns when it is committed, by this thread or by another, or was undone.
  void write(PendingWrite& mine);

 private:
  using Steady = std::chrono::steady_clock;

  /// True for the one who commits for all that join until then.
  bool leads(PendingWrite& mine);
  void let_others_join();
  std::vector<PendingWrite*> take();
  void commit(SQLite::Database& connection);
  void run(SQLite::Database& connection, const std::vector<PendingWrite*>& writes);
  void run_one_of_several(SQLite::Database& connection, PendingWrite& write);
  void fail_rest(const std::vector<PendingWrite*>& writes);

  Mapped mapped_;
  Locked locked_;
  std::function<void()> check_;
  std::mutex mutex_;  // of all below, and of `done`
  std::vector<PendingWrite*> joined_;
  bool led_ = false;        // somebody will commit those that have joined
  std::thread::id last_{};  // who wrote last; nobody: several at once
  Steady::time_point last_at_{};
};

}  // namespace certmgr::store
