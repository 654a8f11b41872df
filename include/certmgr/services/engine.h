// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/ports/clock.h"
#include "certmgr/services/task_runner.h"

namespace certmgr {

/// How a task stood when the engine left it.
struct TaskReport {
  enum class End {
    finished,  // final; read the result from the store
    stuck,     // a trouble that more tries in this run will not end
    waiting,   // not due before the deadline, or the deadline came first
    held,      // another process works on it and did not finish before the deadline
  };
  TaskRef task;
  End end = End::waiting;
  Instant wake_at{};
  std::optional<Trouble> trouble;
  std::string holder;  // with `held`
};

struct RunLimits {
  Instant deadline{};
  int threads = 4;
  int transient_tries = 3;    // failures in a row after which a person in front of a screen is told
  bool person_asked = false;  // do not wait for the due time of an earlier failure
};

/// Runs tasks step by step on a small pool of threads, each under a lease that other processes on the
/// same store respect.
class Engine {
 public:
  Engine(TaskQueue& queue, TaskRunner& orders, TaskRunner& deployments, Clock& clock);
  /// Works on these tasks until each is finished, stuck, or the deadline has come. Throws Failure if
  /// the store fails.
  std::vector<TaskReport> run(const std::vector<TaskRef>& tasks, const RunLimits& limits, Progress& progress);

 private:
  TaskQueue& queue_;
  TaskRunner& orders_;
  TaskRunner& deployments_;
  Clock& clock_;
};

}  // namespace certmgr
