// SPDX-License-Identifier: MIT
#include "certmgr/services/engine.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "services/follower.h"

namespace certmgr {
namespace {

/// Longer than the slowest step: a hook may be given an hour. The lease of a process that died is not waited
/// for on its own host.
constexpr Duration kLease = std::chrono::hours(2);
/// How soon to look again whether another process has finished or died.
constexpr Duration kHeldPause = std::chrono::milliseconds(100);
/// How long a running daemon may leave a task alone before we do it ourselves.
constexpr Duration kDaemonGoesFirst = std::chrono::seconds(3);

/// One run: the tasks, and what the workers know about each. All members guarded by `mutex_`.
class Run {
 public:
  Run(const Engine::Parts& parts, const RunLimits& limits, Progress& progress)
      : parts_(parts),
        queue_(parts.queue),
        clock_(parts.clock),
        limits_(limits),
        progress_(progress),
        follower_(parts.events, limits.follow) {}

  std::vector<TaskReport> go(const std::vector<TaskRef>& tasks) {
    for (const auto& task : tasks) items_.push_back({TaskReport{task, TaskReport::End::waiting, {}, {}, {}}});
    const auto wanted =
        std::min<std::size_t>(static_cast<std::size_t>(std::max(limits_.threads, 1)), tasks.size());
    {
      std::vector<std::jthread> workers;
      for (std::size_t i = 0; i < wanted; ++i) workers.emplace_back([this] { work(); });
    }
    give_back();
    if (broken_) std::rethrow_exception(broken_);
    std::vector<TaskReport> reports;
    for (auto& item : items_) reports.push_back(std::move(item.report));
    return reports;
  }

 private:
  struct Item {
    TaskReport report;
    bool running = false;
    bool done = false;
    bool claimed = false;
    bool followed = false;
    Instant left_at{};  // to a daemon
    Instant lease_until{};
  };

  TaskRunner& runner(const TaskRef& task) {
    if (task.kind == TaskKind::enrollment) return parts_.enrollments;
    return task.kind == TaskKind::order ? parts_.orders : parts_.deployments;
  }

  /// The idle item that is due first, nullptr if none is idle.
  Item* next() {
    Item* best = nullptr;
    for (auto& item : items_)
      if (!item.running && !item.done && (best == nullptr || item.report.wake_at < best->report.wake_at))
        best = &item;
    return best;
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (!broken_) {
      Item* item = next();
      if (item == nullptr) {
        if (std::all_of(items_.begin(), items_.end(), [](const Item& i) { return i.done; })) return;
        changed_.wait(lock);
        continue;
      }
      const Instant now = clock_.now();
      if (now >= limits_.deadline || (item->claimed && item->report.wake_at > limits_.deadline)) {
        item->done = true;
        changed_.notify_all();
        continue;
      }
      if (item->report.wake_at > now) {
        changed_.wait_for(lock, std::min(item->report.wake_at, limits_.deadline) - now);
        continue;
      }
      item->running = true;
      Item mine = *item;
      lock.unlock();
      const std::exception_ptr thrown = advance(mine);
      lock.lock();
      *item = std::move(mine);
      item->running = false;
      if (thrown && !broken_) broken_ = thrown;
      changed_.notify_all();
    }
  }

  /// On a copy: the others look at the list meanwhile.
  std::exception_ptr advance(Item& item) {
    try {
      if (claim(item)) step(item);
      return nullptr;
    } catch (...) {
      return std::current_exception();
    }
  }

  /// A daemon that does this kind of work gets a moment to take it, and another whenever it lets go of it.
  bool left_to_daemon(Item& item, Instant now) {
    const auto daemon = parts_.daemons.serving(item.report.task.kind);
    if (!daemon) return false;
    if (item.report.holder.empty()) item.report.holder = *daemon;
    if (item.left_at == Instant{}) item.left_at = now;
    return now - item.left_at < kDaemonGoesFirst;
  }

  /// What the task was to come to is in the store, whoever has worked on it.
  bool has_result(Item& item) {
    if (!runner(item.report.task).only_cleans_up(item.report.task.subject_id)) return false;
    if (item.followed) follower_.look(progress_);
    item.report.end = TaskReport::End::finished;
    item.done = true;
    return true;
  }

  bool claim(Item& item) {
    const Instant now = clock_.now();
    if (!item.claimed && has_result(item)) return false;
    if (item.claimed) {
      if (item.lease_until - now < kLease / 2) {
        queue_.extend(item.report.task, now + kLease);
        item.lease_until = now + kLease;
      }
      return true;
    }
    const Claim claim = left_to_daemon(item, now)
                            ? queue_.look(item.report.task, now)
                            : queue_.claim(item.report.task, now, kLease, limits_.person_asked);
    // An enrollment that rests until somebody acts was looked at: there is nothing the daemon could take.
    const bool rests = claim.result == ClaimResult::not_due && item.report.task.kind == TaskKind::enrollment;
    if (left_to_daemon(item, now) && !rests && claim.result != ClaimResult::held &&
        claim.result != ClaimResult::gone) {
      item.report.end = TaskReport::End::held;
      item.report.wake_at = now + kHeldPause;
      return false;
    }
    if (!claim.holder.empty()) item.report.holder = claim.holder;
    switch (claim.result) {
      case ClaimResult::claimed:
        item.claimed = true;
        item.lease_until = now + kLease;
        item.report.end = TaskReport::End::waiting;
        return true;
      case ClaimResult::gone:
        if (item.followed) follower_.look(progress_);
        item.report.end = TaskReport::End::finished;
        item.done = true;
        return false;
      case ClaimResult::held:
        if (!std::exchange(item.followed, true))
          progress_.step(claim.holder, "is working on the same task, waiting for it");
        follower_.look(progress_);
        item.report.end = TaskReport::End::held;
        item.report.wake_at = now + kHeldPause;
        return false;
      case ClaimResult::not_due:
        item.report.wake_at = claim.due_at;
        if (claim.due_at > limits_.deadline) item.done = true;
        return false;
    }
    return false;
  }

  void step(Item& item) {
    const StepResult result = runner(item.report.task).step(item.report.task.subject_id, progress_);
    item.report.wake_at = result.wake_at;
    item.report.trouble = result.trouble;
    if (result.finished) {
      item.report.end = TaskReport::End::finished;
      item.done = true;
      return;
    }
    if (result.wake_at > clock_.now() && has_result(item)) return;
    if (!result.trouble) return;
    const bool passing = result.trouble->kind == TroubleKind::transient;
    if (passing && result.trouble->retry_at) {
      item.done =
          *result.trouble->retry_at > limits_.deadline;  // End::waiting: the other side named the time
      return;
    }
    if (!passing || result.failures >= limits_.transient_tries) {
      item.report.end = TaskReport::End::stuck;
      item.done = true;
    }
  }

  void give_back() {
    for (auto& item : items_) {
      if (!item.claimed) continue;
      runner(item.report.task).let_go(item.report.task.subject_id);
      try {
        queue_.release(item.report.task);
      } catch (const Failure&) {
        // The lease runs out with this process; what broke the store is reported already.
        if (!broken_) broken_ = std::current_exception();
      }
    }
  }

  const Engine::Parts& parts_;
  TaskQueue& queue_;
  Clock& clock_;
  const RunLimits& limits_;
  Progress& progress_;
  Follower follower_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Item> items_;
  std::exception_ptr broken_;
};

}  // namespace

std::vector<TaskReport> Engine::run(const std::vector<TaskRef>& tasks, const RunLimits& limits,
                                    Progress& progress) {
  return Run(parts_, limits, progress).go(tasks);
}

}  // namespace certmgr
