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
  void extend(TaskRef task, Instant until) override;
  void release(TaskRef task) override;

 private:
  Database& database_;
  const std::string owner_;
};

}  // namespace certmgr::store
