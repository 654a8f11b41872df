// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "certmgr/domain/instant.h"

namespace certmgr {

enum class TaskKind { order, deployment };

/// One thing that waits: an open order or deployment. `due_at` follows its wake_at.
struct TaskRef {
  TaskKind kind = TaskKind::order;
  std::int64_t subject_id = 0;
  bool operator==(const TaskRef&) const = default;
};

enum class ClaimResult {
  claimed,
  not_due,  // see due_at
  held,     // another live process works on it, or on its lane
  gone,     // final
};

struct Claim {
  ClaimResult result = ClaimResult::gone;
  Instant due_at;
  std::string holder;  // for people, when held: "pid 4711"
};

/// Leases on tasks, shared by every process on the store. At most one lease per lane (a server, a
/// certificate) is out at a time. Thread-safe; throws Failure like the stores.
class TaskQueue {
 public:
  virtual ~TaskQueue() = default;
  /// Takes the task for this process until now + `lease`. A lease whose process is dead is taken
  /// over at once on the same host, otherwise after it has run out. `ignore_due`: a person asked.
  virtual Claim claim(TaskRef task, Instant now, Duration lease, bool ignore_due) = 0;
  virtual void extend(TaskRef task, Instant until) = 0;
  virtual void release(TaskRef task) = 0;
};

}  // namespace certmgr
