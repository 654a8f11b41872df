// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/ports/clock.h"
#include "certmgr/ports/daemon_presence.h"
#include "certmgr/ports/store.h"
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
  int transient_tries = 3;          // failures in a row after which a person in front of a screen is told
  bool person_asked = false;        // do not wait for the due time of an earlier failure
  std::vector<std::string> follow;  // subjects whose events are told while another process works on them
};

/// Runs tasks step by step on a small pool of threads, each under a lease that other processes on the
/// same store respect. Where a daemon does this work, it is left to it for a while, and followed.
class Engine {
 public:
  struct Parts {
    TaskQueue& queue;
    TaskRunner& orders;
    TaskRunner& deployments;
    TaskRunner& enrollments;
    EventLog& events;
    const DaemonPresence& daemons;
    Clock& clock;
  };
  explicit Engine(Parts parts) : parts_(parts) {}
  /// Works on these tasks until each is finished, stuck, or the deadline has come. Throws Failure if
  /// the store fails.
  std::vector<TaskReport> run(const std::vector<TaskRef>& tasks, const RunLimits& limits, Progress& progress);

 private:
  Parts parts_;
};

}  // namespace certmgr
