// SPDX-License-Identifier: MIT
// What the scheduler's workers do.
#include <algorithm>
#include <exception>

#include "certmgr/domain/retry.h"
#include "services/scheduler_work.h"

namespace certmgr {
namespace {

/// So many steps in a row before others get their turn.
constexpr int kStepsInARow = 32;
/// A task whose step threw is looked at again after this; one that another process changed at once.
constexpr Duration kBrokenPause = std::chrono::seconds(30);
constexpr Duration kStorePause = std::chrono::seconds(5);
constexpr Duration kConflictPause = std::chrono::milliseconds(100);

}  // namespace

void Scheduler::Work::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_workers_;
    jobs_there_.wait(lock, [&] { return ending_ || !jobs_.empty(); });
    --idle_workers_;
    if (ending_) return;
    ActiveTask* job = jobs_.front();
    jobs_.pop_front();
    job->since = std::chrono::steady_clock::now();
    // The list does not move its elements, and nobody but this thread touches a queued one's task.
    ActiveTask mine = *job;
    lock.unlock();
    Visit result = visit(mine);
    const bool keep = end_visit(mine, result);
    const Instant now = parts_.clock.now();
    lock.lock();
    *job = mine;
    job->queued = false;
    job->ended = !keep;
    job->since = {};
    PartyState& state = party(job->party);
    --state.working;
    ++ends_;
    // Tasks of other parties may have waited for its lane.
    for (auto& [name, other] : parties_) other.blocked_until = {};
    work_trouble_ = result.store_trouble;
    judge(state, job->party, result, now);
    parts_.bell.ring();
  }
}

/// As many steps as can be made without waiting.
Visit Scheduler::Work::visit(ActiveTask& task) {
  Visit visit;
  for (int i = 0; i < kStepsInARow; ++i) {
    const Instant now = parts_.clock.now();
    try {
      keep_lease(task, now);
      step(task, visit.last);
    } catch (const Failure& failure) {
      const bool conflict = failure.trouble().code == "conflict";
      if (!conflict) parts_.progress.warn(task.party, failure.trouble().message());
      visit.last.wake_at = now + (conflict ? kConflictPause : kBrokenPause);
      visit.broken = true;
      if (failure.trouble().kind == TroubleKind::store) visit.store_trouble = failure.trouble().message();
      return visit;
    } catch (const std::exception& error) {
      parts_.progress.warn(task.party, std::string("a step failed unexpectedly: ") + error.what());
      visit.last.wake_at = now + kBrokenPause;
      visit.broken = true;
      return visit;
    }
    if (visit.last.finished || visit.last.given_back || visit.last.trouble ||
        visit.last.wake_at > parts_.clock.now())
      return visit;
    const std::scoped_lock lock(mutex_);
    if (ending_) return visit;
  }
  return visit;
}

void Scheduler::Work::step(const ActiveTask& task, StepResult& result) {
  const auto began = std::chrono::steady_clock::now();
  result = parts_.runners.at(task.task.kind)->step(task.task.subject_id, parts_.progress);
  parts_.watch.stepped({task.task, task.party,
                        std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began),
                        result.finished, result.trouble ? result.trouble->code : std::string()});
}

void Scheduler::Work::keep_lease(ActiveTask& task, Instant now) {
  if (task.lease_until - now >= kTaskLease / 2 && task.lease_until - now <= kTaskLease) return;
  parts_.queue.extend(task.task, now + kTaskLease);
  task.lease_until = now + kTaskLease;
}

/// True if the task stays with this process until it is due again.
bool Scheduler::Work::end_visit(ActiveTask& task, Visit& visit) {
  task.wake_at = visit.last.wake_at;
  const bool soon = visit.last.wake_at <= parts_.clock.now() + settings_.keep;
  if (!visit.last.finished && !visit.last.given_back && !visit.broken && soon) return true;
  parts_.runners.at(task.task.kind)->let_go(task.task.subject_id);
  if (visit.last.finished || visit.last.given_back) return false;
  try {
    // In the store a step that broke is due as before, and would be tried again at once.
    if (visit.broken)
      parts_.queue.postpone(task.task, task.wake_at);
    else
      parts_.queue.release(task.task);
    return false;
  } catch (const Failure& failure) {
    // Forgotten here, the task would be nobody's until the lease runs out: it stays ours, and is tried again.
    parts_.progress.warn(task.party, failure.trouble().message());
    visit.store_trouble = failure.trouble().message();
    task.wake_at = std::max(task.wake_at, parts_.clock.now() + kStorePause);
    return true;
  }
}

void Scheduler::Work::judge(PartyState& state, const std::string& name, const Visit& visit, Instant now) {
  const bool was_open = state.breaker.tripped();
  if (visit.broken) return;
  if (visit.last.trouble && is_silence(*visit.last.trouble)) {
    state.breaker.failed(now, parts_.clock.jitter());
    if (state.breaker.tripped())
      parts_.progress.warn(name, "no answer: " + visit.last.trouble->why + "; it is not asked before " +
                                     to_rfc3339(state.breaker.open_until()));
    parts_.watch.breaker(name, state.breaker.tripped(), state.breaker.open_until());
    return;
  }
  state.breaker.answered();
  if (was_open) parts_.watch.breaker(name, false, {});
}

}  // namespace certmgr
