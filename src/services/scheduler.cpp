// SPDX-License-Identifier: MIT
#include "certmgr/services/scheduler.h"

#include <algorithm>

#include "services/scheduler_work.h"

namespace certmgr {
namespace {

/// Claims are taken in bites, so that the first task is begun before the last is claimed.
constexpr int kBite = 16;
constexpr Duration kReapEvery = std::chrono::seconds(1);
/// How soon to look again at tasks whose lane is taken; the end of our own work is noticed at once.
constexpr Duration kLanePause = std::chrono::milliseconds(200);
/// While others hold leases, they may die without ringing.
constexpr Duration kSleepBesideOthers = std::chrono::seconds(1);
/// `run_until_idle` waits for work that is due again so soon.
constexpr Duration kSoon = std::chrono::seconds(10);
/// How long the dispatcher lets ends of steps come together while workers have enough to do.
constexpr auto kBusyPause = std::chrono::milliseconds(5);
/// While the store is broken, look again this often.
constexpr Duration kStorePause = std::chrono::seconds(5);

bool is_work(const std::string& party) { return party == "deploy" || party.starts_with("ca:"); }

}  // namespace

Scheduler::Scheduler(Parts parts, SchedulerSettings settings)
    : work_(std::make_unique<Work>(std::move(parts), std::move(settings))) {}
Scheduler::~Scheduler() = default;

void Scheduler::run(const std::stop_token& stop) { work_->run(stop, false); }
void Scheduler::run_until_idle(const std::stop_token& stop) { work_->run(stop, true); }
SchedulerHealth Scheduler::health() const { return work_->health(); }

Scheduler::Work::Work(Parts parts, SchedulerSettings settings)
    : parts_(std::move(parts)), settings_(std::move(settings)) {}

Scheduler::Work::~Work() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  jobs_there_.notify_all();
  for (auto& worker : workers_) worker.join();
}

bool Scheduler::Work::serves(const std::string& name) const {
  return settings_.role == DaemonRole::all || half_of(name) == settings_.role;
}

PartyState& Scheduler::Work::party(const std::string& name) {
  const auto found = parties_.find(name);
  if (found != parties_.end()) return found->second;
  PartyState state;
  if (settings_.limits) state.limits = settings_.limits(name);
  state.pace = Pace(state.limits.begun_per_minute);
  return parties_.emplace(name, state).first->second;
}

void Scheduler::Work::run(const std::stop_token& stop, bool until_idle) {
  const std::stop_callback wake(stop, [this] { parts_.bell.ring(); });
  {
    const std::scoped_lock lock(mutex_);
    running_ = true;
    ending_ = false;
    beat_ = std::chrono::steady_clock::now();
  }
  while (!stop.stop_requested()) {
    Duration sleep = kStorePause;
    const auto began = std::chrono::steady_clock::now();
    try {
      reap_dead();  // before the look: what they held is due
      const auto outlooks = parts_.queue.outlook();
      const Instant now = parts_.clock.now();
      const bool claimed = dispatch(outlooks, now);
      note_round({});
      if (claimed) continue;  // what was claimed is not in this outlook any more
      if (until_idle && is_idle(outlooks, now)) break;
      sleep = sleep_time(outlooks, now);
    } catch (const Failure& failure) {
      parts_.progress.warn("scheduler", failure.trouble().message());
      note_round(failure.trouble().message());
    }
    if (sleep <= Duration::zero() || stop.stop_requested()) continue;
    parts_.bell.wait(sleep);
    // While there is much to do, the ends of several steps are looked at together.
    const auto pause = kBusyPause - (std::chrono::steady_clock::now() - began);
    if (busy() && pause > pause.zero()) std::this_thread::sleep_for(pause);
  }
  park(parts_.clock.now());
}

bool Scheduler::Work::busy() const {
  const std::scoped_lock lock(mutex_);
  return !jobs_.empty();
}

void Scheduler::Work::note_round(const std::string& trouble) {
  const std::scoped_lock lock(mutex_);
  round_trouble_ = trouble;
}

/// Takes back what dead processes held.
void Scheduler::Work::reap_dead() {
  const auto steady = std::chrono::steady_clock::now();
  {
    const std::scoped_lock lock(mutex_);
    beat_ = steady;
    if (steady - reaped_ < kReapEvery) return;
  }
  const bool others = parts_.queue.reap(parts_.clock.now());
  const std::scoped_lock lock(mutex_);
  reaped_ = steady;
  others_ = others;
}

/// One round: claim what is due, hand it to workers. True if something was claimed.
bool Scheduler::Work::dispatch(const std::vector<PartyOutlook>& outlooks, Instant now) {
  forget_ended();
  give_back_paused(now);
  bool claimed = false;
  for (const auto& outlook : outlooks)
    if (serves(outlook.party) && outlook.earliest <= now) claimed = claim(outlook, now) || claimed;
  hand_out(now);
  return claimed;
}

/// Claiming costs a transaction, so it waits until half of the claimed tasks are done.
int Scheduler::Work::room(const PartyState& state) {
  return state.in_flight > state.limits.in_flight / 2 ? 0 : state.limits.in_flight - state.in_flight;
}

bool Scheduler::Work::claim(const PartyOutlook& outlook, Instant now) {
  int wanted = 0;
  std::int64_t ends = 0;
  {
    const std::scoped_lock lock(mutex_);
    ends = ends_;
    PartyState& state = party(outlook.party);
    if (state.blocked_until > std::chrono::steady_clock::now()) return false;
    wanted = state.breaker.tripped() ? state.breaker.admits(1, now) - state.in_flight : room(state);
    wanted = std::min({wanted, state.pace.allows(now), kBite});
  }
  if (wanted <= 0) return false;
  const auto claimed = parts_.queue.claim_due(outlook.party, now, kTaskLease, wanted);
  const std::scoped_lock lock(mutex_);
  PartyState& state = party(outlook.party);
  // Where work of ours has ended meanwhile, a lane may be free that was not.
  if (claimed.empty() && ends == ends_) state.blocked_until = std::chrono::steady_clock::now() + kLanePause;
  state.in_flight += static_cast<int>(claimed.size());
  state.pace.started(static_cast<int>(claimed.size()));
  for (const auto& due : claimed)
    active_.push_back({due.task, outlook.party, due.due_at, now + kTaskLease, false, false, {}});
  return !claimed.empty();
}

/// Gives workers what is due, the longest due first, each party no more than its share.
void Scheduler::Work::hand_out(Instant now) {
  const std::scoped_lock lock(mutex_);
  std::vector<ActiveTask*> due;
  for (auto& task : active_)
    if (!task.queued && !task.ended && task.wake_at <= now) due.push_back(&task);
  std::stable_sort(due.begin(), due.end(),
                   [](const auto* a, const auto* b) { return a->wake_at < b->wake_at; });
  for (ActiveTask* task : due) {
    PartyState& state = party(task->party);
    if (state.working >= state.breaker.admits(state.limits.at_once, now)) continue;
    ++state.working;
    task->queued = true;
    jobs_.push_back(task);
    if (static_cast<int>(jobs_.size()) > idle_workers_ &&
        static_cast<int>(workers_.size()) < settings_.most_threads)
      workers_.emplace_back([this] { work(); });
    jobs_there_.notify_one();
  }
}

void Scheduler::Work::forget_ended() {
  const std::scoped_lock lock(mutex_);
  active_.remove_if([&](const ActiveTask& task) {
    if (!task.ended) return false;
    --party(task.party).in_flight;
    return true;
  });
}

/// While a party does not answer, its tasks are free for whoever wants to try by hand.
void Scheduler::Work::give_back_paused(Instant now) {
  std::vector<TaskRef> paused;
  std::vector<ActiveTask*> theirs;
  {
    const std::scoped_lock lock(mutex_);
    for (auto& task : active_) {
      if (task.queued || task.ended || party(task.party).breaker.admits(1, now) > 0) continue;
      theirs.push_back(&task);
      paused.push_back(task.task);
    }
  }
  if (paused.empty()) return;
  for (const auto& task : paused) parts_.runners.at(task.kind)->let_go(task.subject_id);
  parts_.queue.release_all(paused);
  {
    // Only this thread queues and forgets tasks, so they are as they were.
    const std::scoped_lock lock(mutex_);
    for (auto* task : theirs) task->ended = true;
  }
  forget_ended();
}

Duration Scheduler::Work::sleep_time(const std::vector<PartyOutlook>& outlooks, Instant now) {
  const std::scoped_lock lock(mutex_);
  const auto steady = std::chrono::steady_clock::now();
  Duration sleep = others_ ? std::min(kSleepBesideOthers, settings_.longest_sleep) : settings_.longest_sleep;
  const auto at = [&](Instant when) { sleep = std::min(sleep, std::max(when - now, Duration::zero())); };
  for (const auto& task : active_) {
    if (task.queued || task.ended) continue;
    const PartyState& state = party(task.party);
    // A party at its limit goes on when one of its tasks comes back, which rings.
    if (state.working < state.breaker.admits(state.limits.at_once, now)) at(task.wake_at);
    if (state.breaker.tripped()) at(std::max(task.wake_at, state.breaker.open_until()));
  }
  for (const auto& outlook : outlooks) {
    if (!serves(outlook.party)) continue;
    const PartyState& state = party(outlook.party);
    // A lane that is taken is looked at again soon, not at once.
    Instant when = outlook.earliest;
    if (state.blocked_until > steady)
      when = std::max(when, now + std::chrono::ceil<Duration>(state.blocked_until - steady));
    if (state.breaker.tripped()) {
      if (state.in_flight == 0) at(std::max(when, state.breaker.open_until()));
    } else if (room(state) > 0) {
      at(std::max(when, state.pace.next(now)));
    }
  }
  return sleep;
}

bool Scheduler::Work::is_idle(const std::vector<PartyOutlook>& outlooks, Instant now) {
  const std::scoped_lock lock(mutex_);
  if (std::any_of(active_.begin(), active_.end(), [](const ActiveTask& t) { return !t.ended; })) return false;
  const auto steady = std::chrono::steady_clock::now();
  return std::none_of(outlooks.begin(), outlooks.end(), [&](const PartyOutlook& outlook) {
    if (!serves(outlook.party)) return false;
    const PartyState& state = party(outlook.party);
    if (state.breaker.tripped() || state.blocked_until > steady) return false;
    return outlook.earliest <= now + (is_work(outlook.party) ? kSoon : Duration::zero());
  });
}

/// No step is begun any more; running ones are waited for; what we hold goes back.
void Scheduler::Work::park(Instant) {
  std::vector<std::thread> workers;
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
    for (ActiveTask* job : jobs_) {
      job->queued = false;
      --party(job->party).working;
    }
    jobs_.clear();
    workers.swap(workers_);
  }
  jobs_there_.notify_all();
  for (auto& worker : workers) worker.join();
  std::vector<TaskRef> held;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& task : active_)
      if (!task.ended) held.push_back(task.task);
    active_.clear();
    parties_.clear();
    running_ = false;
  }
  for (const auto& task : held) parts_.runners.at(task.kind)->let_go(task.subject_id);
  parts_.queue.release_all(held);
}

SchedulerHealth Scheduler::Work::health() const {
  const std::scoped_lock lock(mutex_);
  SchedulerHealth health;
  health.running = running_;
  health.threads = static_cast<int>(workers_.size());
  health.store_trouble = round_trouble_.empty() ? work_trouble_ : round_trouble_;
  const auto steady = std::chrono::steady_clock::now();
  if (running_ && steady - beat_ > settings_.longest_sleep + settings_.stuck_after) {
    health.stuck = true;
    health.why = "the dispatcher has not looked for due tasks for " +
                 humanize(std::chrono::duration_cast<Duration>(steady - beat_));
  }
  for (const auto& task : active_) {
    if (task.ended) continue;
    ++health.in_flight;
    if (!task.queued) continue;
    ++health.working;
    if (task.since != SteadyTime{} && steady - task.since > settings_.stuck_after && !health.stuck) {
      health.stuck = true;
      health.why = "a step of " + task.party + " runs for " +
                   humanize(std::chrono::duration_cast<Duration>(steady - task.since));
    }
  }
  for (const auto& [name, state] : parties_)
    if (state.breaker.tripped()) health.paused[name] = state.breaker.open_until();
  return health;
}

}  // namespace certmgr
