// SPDX-License-Identifier: MIT
// Times the scheduler on a store that bench/store_maker.cpp made, with steps that do nothing: the round in
// which nothing is due, and the way of a due task through it. Prints both in microseconds of CPU time.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <stop_token>

#include "adapters/store/database.h"
#include "adapters/store/task_queue.h"
#include "certmgr/services/scheduler.h"
#include "platform/system_clock.h"
#include "platform/wake.h"

namespace certmgr::bench {
namespace {

constexpr int kRounds = 1000;
constexpr int kTasks = 2000;

/// Of all threads of this process.
double cpu_us() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
}

class Quiet final : public Progress, public SchedulerWatch {
 public:
  void step(const std::string& /*subject*/, const std::string& /*text*/) override {}
  void warn(const std::string& /*subject*/, const std::string& text) override {
    std::fprintf(stderr, "%s\n", text.c_str());
  }
  void stepped(const Step& /*step*/) override {}
  void breaker(const std::string& /*party*/, bool /*open*/, Instant /*until*/) override {}
};

/// Looks and goes: the task is due again in an hour, as that of a listener which serves what it should.
class LookAgain final : public TaskRunner {
 public:
  LookAgain(TaskQueue& queue, Clock& clock) : queue_(queue), clock_(clock) {}
  StepResult step(std::int64_t subject_id, Progress& /*progress*/) override {
    const Instant next = clock_.now() + std::chrono::hours(1);
    queue_.postpone({TaskKind::watch, subject_id}, next);
    StepResult result;
    result.wake_at = next;
    result.given_back = true;
    return result;
  }
  void let_go(std::int64_t /*subject_id*/) override {}

 private:
  TaskQueue& queue_;
  Clock& clock_;
};

/// As many at every size, as far as there are servers: those of the last ones.
std::int64_t make_due(store::Database& database, Instant now) {
  return database.write("make tasks due", [&](SQLite::Database& connection) {
    SQLite::Statement update(connection,
                             "UPDATE tasks SET due_at = ?1 WHERE kind = 'watch' AND subject_id IN"
                             " (SELECT subject_id FROM tasks WHERE kind = 'watch' ORDER BY 1 DESC LIMIT ?2)");
    update.bind(1, now.time_since_epoch().count());
    update.bind(2, kTasks);
    return static_cast<std::int64_t>(update.exec());
  });
}

void measure(const std::string& path) {
  store::Database database(path);
  platform::SystemClock clock;
  store::SqliteTaskQueue queue(database);
  LookAgain runner(queue, clock);
  Quiet quiet;
  const auto bell = value_or_throw(platform::WakeBell::listen(path, DaemonRole::all));
  SchedulerSettings settings;
  settings.most_threads = 8;
  Scheduler scheduler({queue, {{TaskKind::watch, &runner}}, clock, *bell, quiet, quiet}, settings);
  const std::stop_token never;
  scheduler.run_until_idle(never);
  double began = cpu_us();
  for (int i = 0; i < kRounds; ++i) scheduler.run_until_idle(never);
  const double round = (cpu_us() - began) / kRounds;
  const auto due = make_due(database, clock.now());
  began = cpu_us();
  scheduler.run_until_idle(never);
  const double task = (cpu_us() - began) / static_cast<double>(std::max<std::int64_t>(due, 1));
  std::printf("%.0f %.0f\n", round, task);
}

}  // namespace
}  // namespace certmgr::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: certmgr_bench_tick STORE\n");
    return 2;
  }
  try {
    certmgr::bench::measure(argv[1]);
  } catch (const certmgr::Failure& failure) {
    std::fprintf(stderr, "%s\n", failure.trouble().message().c_str());
    return 1;
  }
  return 0;
}
