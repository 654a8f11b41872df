// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "certmgr/ports/bell.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/daemon_presence.h"
#include "certmgr/ports/scheduler_watch.h"
#include "certmgr/services/task_runner.h"

namespace certmgr {

/// How many tasks of one party are worked on at once, and how fast new ones are begun.
struct PartyLimits {
  int at_once = 8;           // steps at the same moment
  int in_flight = 64;        // claimed, running or waiting for seconds
  int begun_per_minute = 0;  // 0: no limit
};

struct SchedulerSettings {
  int most_threads = 64;                                  // grown on demand
  std::function<PartyLimits(const std::string&)> limits;  // of a party
  DaemonRole role = DaemonRole::all;                      // whose parties to serve
  Duration keep = std::chrono::seconds(2);                // a task due again sooner keeps its lease
  Duration longest_sleep = std::chrono::seconds(30);
  Duration stuck_after = std::chrono::minutes(10);  // a step that runs longer is stuck
};

/// How the scheduler itself does. `stuck` is for the watchdog.
struct SchedulerHealth {
  bool running = false;
  bool stuck = false;
  std::string why;            // with `stuck`
  std::string store_trouble;  // why the store could not be read or written last; empty: it could
  int threads = 0;
  int working = 0;  // steps at this moment
  int in_flight = 0;
  std::map<std::string, Instant> paused;  // parties whose breaker is open, until when
};

/// Works on whatever is due in the store, for as long as it is let. Sleeps until the earliest due task
/// or a ring of the bell. One party that does not answer never delays the others.
class Scheduler {
 public:
  struct Parts {
    TaskQueue& queue;
    std::map<TaskKind, TaskRunner*> runners;
    Clock& clock;
    Bell& bell;
    SchedulerWatch& watch;
    Progress& progress;
  };
  Scheduler(Parts parts, SchedulerSettings settings);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// Until `stop`: then no step is begun, running ones are waited for, leases are given back. Throws
  /// Failure when the store fails for good.
  void run(const std::stop_token& stop);
  /// Until nothing is due and nothing is in flight.
  void run_until_idle(const std::stop_token& stop);
  /// From any thread.
  [[nodiscard]] SchedulerHealth health() const;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace certmgr
