// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "certmgr/services/scheduler.h"

namespace certmgr::testing {

/// Time stands still until a test moves it.
class StillClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override {
    const std::scoped_lock lock(mutex_);
    return now_;
  }
  double jitter() override { return 0.5; }
  void move(Duration by) {
    const std::scoped_lock lock(mutex_);
    now_ += by;
  }

 private:
  mutable std::mutex mutex_;
  Instant now_{std::chrono::hours(500'000)};
};

/// Sleeps until it is rung, and remembers how long it was to sleep. Shorter pauses are real ones: those the
/// scheduler makes for itself go by the monotonic clock.
class TestBell final : public Bell {
 public:
  void wait(Duration most) override {
    std::unique_lock lock(mutex_);
    asleep_ = true;
    longest_ = most;
    changed_.notify_all();
    const Duration real = most < std::chrono::seconds(1) ? most : Duration(std::chrono::hours(1));
    changed_.wait_for(lock, real, [&] { return rung_; });
    rung_ = asleep_ = false;
  }
  void ring() override {
    const std::scoped_lock lock(mutex_);
    rung_ = true;
    changed_.notify_all();
  }
  /// Waits until the dispatcher sleeps with nothing to do before `by` is over.
  Duration sleeps_at_least(Duration by) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(20), [&] { return asleep_ && !rung_ && longest_ >= by; });
    return asleep_ ? longest_ : Duration(-1);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
  bool asleep_ = false;
  Duration longest_{};
};

/// The queue's contract in memory, for one process.
class MemoryQueue final : public TaskQueue {
 public:
  struct Row {
    std::string lane, party;
    Instant due_at;
    bool leased = false;
    bool by_the_dead = false;  // until reap()
  };

  void add(TaskRef task, const std::string& party, Instant due_at, const std::string& lane = {}) {
    const std::scoped_lock lock(mutex_);
    rows_[key(task)] = {lane.empty() ? std::to_string(task.subject_id) : lane, party, due_at, false, false};
  }
  /// A process that is dead now had claimed it.
  void leave_dead(TaskRef task) {
    const std::scoped_lock lock(mutex_);
    rows_.at(key(task)).leased = rows_.at(key(task)).by_the_dead = true;
  }
  void move(TaskRef task, Instant due_at) {
    const std::scoped_lock lock(mutex_);
    if (const auto row = rows_.find(key(task)); row != rows_.end()) row->second.due_at = due_at;
  }
  void remove(TaskRef task) {
    const std::scoped_lock lock(mutex_);
    rows_.erase(key(task));
  }
  [[nodiscard]] int leases() {
    const std::scoped_lock lock(mutex_);
    return static_cast<int>(
        std::count_if(rows_.begin(), rows_.end(), [](const auto& r) { return r.second.leased; }));
  }
  std::atomic<bool> broken = false;
  std::atomic<bool> full = false;  // leases cannot be given back
  std::atomic<int> in_vain = 0;    // claims that came back with nothing

  Claim claim(TaskRef, Instant, Duration, bool) override { return {}; }
  Claim look(TaskRef, Instant) override { return {}; }
  void extend(TaskRef, Instant) override {}
  void release(TaskRef task) override { release_all({task}); }
  std::vector<DueTask> claim_due(const std::string& party, Instant now, Duration, int limit) override {
    const std::scoped_lock lock(mutex_);
    std::vector<std::pair<Key, Row*>> due;
    for (auto& [id, row] : rows_)
      if (row.party == party && !row.leased && row.due_at <= now) due.emplace_back(id, &row);
    std::stable_sort(due.begin(), due.end(),
                     [](const auto& a, const auto& b) { return a.second->due_at < b.second->due_at; });
    std::vector<DueTask> claimed;
    for (auto& [id, row] : due) {
      const bool taken = std::any_of(rows_.begin(), rows_.end(), [lane = row->lane](const auto& other) {
        return other.second.leased && other.second.lane == lane;
      });
      if (taken || static_cast<int>(claimed.size()) == limit) continue;
      row->leased = true;
      claimed.push_back({{static_cast<TaskKind>(id.first), id.second}, row->due_at});
    }
    if (claimed.empty()) ++in_vain;
    return claimed;
  }
  std::vector<PartyOutlook> outlook() override {
    if (broken) throw Failure({.kind = TroubleKind::store, .code = "disk_full", .what = "cannot read"});
    const std::scoped_lock lock(mutex_);
    std::map<std::string, Instant> earliest;
    for (const auto& [id, row] : rows_) {
      if (row.leased) continue;
      const auto [found, added] = earliest.emplace(row.party, row.due_at);
      if (!added) found->second = std::min(found->second, row.due_at);
    }
    std::vector<PartyOutlook> all;
    for (const auto& [party, at] : earliest) all.push_back({party, at});
    return all;
  }
  bool reap(Instant) override {
    const std::scoped_lock lock(mutex_);
    for (auto& [id, row] : rows_)
      if (std::exchange(row.by_the_dead, false)) row.leased = false;
    return false;
  }
  void release_all(const std::vector<TaskRef>& tasks) override {
    if (full && !tasks.empty())
      throw Failure({.kind = TroubleKind::store, .code = "disk_full", .what = "cannot release"});
    const std::scoped_lock lock(mutex_);
    for (const auto& task : tasks)
      if (const auto row = rows_.find(key(task)); row != rows_.end()) row->second.leased = false;
  }
  void postpone(TaskRef task, Instant at) override {
    release_all({task});
    const std::scoped_lock lock(mutex_);
    if (const auto row = rows_.find(key(task)); row != rows_.end())
      row->second.due_at = std::max(row->second.due_at, at);
  }

 private:
  using Key = std::pair<int, std::int64_t>;
  static Key key(TaskRef task) { return {static_cast<int>(task.kind), task.subject_id}; }
  std::mutex mutex_;
  std::map<Key, Row> rows_;
};

/// Steps do what the test says, and are counted.
class ScriptedRunner final : public TaskRunner {
 public:
  using Script = std::function<StepResult(std::int64_t)>;
  explicit ScriptedRunner(Script script) : script_(std::move(script)) {}
  StepResult step(std::int64_t id, Progress&) override {
    {
      const std::scoped_lock lock(mutex_);
      order_.push_back(id);
      most_at_once_ = std::max(most_at_once_, ++at_once_);
    }
    struct Leave {
      ScriptedRunner& runner;
      ~Leave() {
        const std::scoped_lock lock(runner.mutex_);
        --runner.at_once_;
      }
    } leave{*this};
    return script_(id);
  }
  void let_go(std::int64_t id) override {
    const std::scoped_lock lock(mutex_);
    let_go_.insert(id);
  }
  std::vector<std::int64_t> order() {
    const std::scoped_lock lock(mutex_);
    return order_;
  }
  int most_at_once() {
    const std::scoped_lock lock(mutex_);
    return most_at_once_;
  }
  std::set<std::int64_t> let_go() {
    const std::scoped_lock lock(mutex_);
    return let_go_;
  }

 private:
  Script script_;
  std::mutex mutex_;
  std::vector<std::int64_t> order_;
  std::set<std::int64_t> let_go_;
  int at_once_ = 0, most_at_once_ = 0;
};

class Quiet final : public Progress, public SchedulerWatch {
 public:
  void step(const std::string&, const std::string&) override {}
  void warn(const std::string&, const std::string& text) override {
    const std::scoped_lock lock(mutex_);
    warnings_.push_back(text);
  }
  void stepped(const Step&) override {}
  void breaker(const std::string&, bool, Instant) override {}
  std::vector<std::string> warnings() {
    const std::scoped_lock lock(mutex_);
    return warnings_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> warnings_;
};

/// A scheduler that runs in a thread of its own for as long as this lives.
struct Running {
  StillClock clock;
  TestBell bell;
  MemoryQueue queue;
  Quiet quiet;
  PartyLimits limits{8, 64, 0};
  DaemonRole role = DaemonRole::all;
  std::unique_ptr<ScriptedRunner> runner;
  std::unique_ptr<Scheduler> scheduler;
  std::jthread thread;

  explicit Running(ScriptedRunner::Script script)
      : runner(std::make_unique<ScriptedRunner>(std::move(script))) {}
  void start() {
    SchedulerSettings settings;
    settings.limits = [this](const std::string&) { return limits; };
    settings.role = role;
    scheduler = std::make_unique<Scheduler>(
        Scheduler::Parts{queue, {{TaskKind::order, runner.get()}}, clock, bell, quiet, quiet}, settings);
    thread = std::jthread([this](const std::stop_token& stop) { scheduler->run(stop); });
  }
  void stop() {
    thread.request_stop();
    thread.join();
  }
  void pass(Duration time) {
    clock.move(time);
    bell.ring();
  }
};

inline TaskRef order(std::int64_t id) { return {TaskKind::order, id}; }

}  // namespace certmgr::testing
