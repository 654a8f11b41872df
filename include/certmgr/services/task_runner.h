// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/domain/trouble.h"
#include "certmgr/ports/progress.h"
#include "certmgr/ports/task_queue.h"

namespace certmgr {

/// What one step of a task came to.
struct StepResult {
  bool finished = false;
  Instant wake_at{};               // when to come back, if not finished
  std::optional<Trouble> trouble;  // what stands in its way at present
  int failures = 0;                // in a row
  bool given_back = false;         // the lease went back with what was saved
};

/// Advances the tasks of one kind. `step` performs at most one effect and commits its outcome; it is
/// called only while this process holds the task's lease, by one thread at a time per task. Throws
/// Failure when the store fails.
class TaskRunner {
 public:
  virtual ~TaskRunner() = default;
  virtual StepResult step(std::int64_t subject_id, Progress& progress) = 0;
  /// Its result is in the store; what is left to do is nothing that anybody waits for.
  virtual bool only_cleans_up(std::int64_t /*subject_id*/) { return false; }
  /// The lease goes back: forget what was kept in memory about it.
  virtual void let_go(std::int64_t subject_id) = 0;
};

}  // namespace certmgr
