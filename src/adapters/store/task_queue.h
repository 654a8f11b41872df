// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "adapters/store/database.h"
#include "certmgr/ports/task_queue.h"

namespace certmgr::store {

/// Make it in the process that works: after fork() a child needs its own.
class SqliteTaskQueue final : public TaskQueue {
 public:
  explicit SqliteTaskQueue(Database& database);

  Claim claim(TaskRef task, Instant now, Duration lease, bool ignore_due) override;
  Claim look(TaskRef task, Instant now) override;
  void extend(TaskRef task, Instant until) override;
  void release(TaskRef task) override;

  std::vector<DueTask> claim_due(const std::string& party, Instant now, Duration lease, int limit) override;
  std::vector<PartyOutlook> outlook() override;
  bool reap(Instant now) override;
  void release_all(const std::vector<TaskRef>& tasks) override;
  void postpone(TaskRef task, Instant at) override;

 private:
  Database& database_;
  const std::string owner_;
};

}  // namespace certmgr::store
