// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <thread>

#include "certmgr/domain/circuit_breaker.h"
#include "certmgr/services/scheduler.h"

namespace certmgr {

/// Longer than the slowest step: a hook may be given an hour. The lease of a dead process is not waited for.
inline constexpr Duration kTaskLease = std::chrono::hours(2);

using SteadyTime = std::chrono::steady_clock::time_point;

/// A task this process has claimed.
struct ActiveTask {
  TaskRef task;
  std::string party;
  Instant wake_at{};
  Instant lease_until{};
  bool queued = false;  // given to a worker
  bool ended = false;   // to be forgotten by the dispatcher
  SteadyTime since{};   // when the worker got it
};

/// What the scheduler knows about a party.
struct PartyState {
  PartyLimits limits;
  CircuitBreaker breaker;
  Pace pace;
  int in_flight = 0;
  int working = 0;
  SteadyTime blocked_until{};  // its due tasks are in lanes where somebody works
};

/// What one visit of a worker to a task came to.
struct Visit {
  StepResult last;
  bool broken = false;        // the step threw; `last.wake_at` says when to try again
  std::string store_trouble;  // with `broken`, if it was the store
};

/// The scheduler's inside: one dispatching thread, and workers that are added as they are needed.
/// Members after `mutex_` are guarded by it; the store is never called with it held.
class Scheduler::Work {
 public:
  Work(Parts parts, SchedulerSettings settings);
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  void run(const std::stop_token& stop, bool until_idle);
  [[nodiscard]] SchedulerHealth health() const;

 private:
  // dispatching (scheduler.cpp)
  void note_round(const std::string& trouble);
  void reap_dead();
  bool dispatch(const std::vector<PartyOutlook>& outlooks, Instant now);
  [[nodiscard]] bool busy() const;
  static int room(const PartyState& state);
  bool claim(const PartyOutlook& outlook, Instant now);
  void hand_out(Instant now);
  void forget_ended();
  void give_back_paused(Instant now);
  void park(Instant now);
  [[nodiscard]] Duration sleep_time(const std::vector<PartyOutlook>& outlooks, Instant now);
  [[nodiscard]] bool is_idle(const std::vector<PartyOutlook>& outlooks, Instant now);
  [[nodiscard]] bool serves(const std::string& party) const;
  PartyState& party(const std::string& name);

  // working (scheduler_worker.cpp)
  void work();
  Visit visit(ActiveTask& task);
  void step(const ActiveTask& task, StepResult& result);
  void keep_lease(ActiveTask& task, Instant now);
  bool end_visit(ActiveTask& task, Visit& visit);
  void judge(PartyState& state, const std::string& name, const Visit& visit, Instant now);

  Parts parts_;
  SchedulerSettings settings_;

  mutable std::mutex mutex_;
  std::condition_variable jobs_there_;
  std::deque<ActiveTask*> jobs_;
  std::list<ActiveTask> active_;
  std::map<std::string, PartyState> parties_;
  std::vector<std::thread> workers_;
  int idle_workers_ = 0;
  std::int64_t ends_ = 0;  // of visits, so far
  bool running_ = false;
  bool ending_ = false;
  bool others_ = false;  // other processes hold leases
  SteadyTime beat_{};
  SteadyTime reaped_{};
  std::string round_trouble_;  // of the store, at the last round of the dispatcher
  std::string work_trouble_;   // of the store, at the last end of a visit
};

}  // namespace certmgr
