// SPDX-License-Identifier: MIT
#include "daemon/daemon.h"

#include <malloc.h>

#include <set>

#include "certmgr/services/daemon_kit.h"
#include "daemon/supervisor.h"
#include "platform/daemon_lock.h"
#include "platform/wake.h"
#include "web/metrics.h"
#include "web/status_server.h"

namespace certmgr::daemon {
namespace {

constexpr int kDone = 0, kFailed = 1, kDeployFailed = 3;

/// With the default of eight arenas a core, memory that workers have freed lies about unused.
constexpr int kMemoryArenas = 2;

std::set<std::string> parties_of(DaemonRole role) {
  switch (role) {
    case DaemonRole::all:
      return {};
    case DaemonRole::network:
      return {"ca:", "renewal", "revocation", "notify:"};
    case DaemonRole::deploy:
      return {"deploy", "watch"};
  }
  return {};
}

std::string status_line(Application& app) {
  const Instant now = app.clock().now();
  const auto numbers = app.overview().numbers(now);
  std::string text =
      std::to_string(numbers.certificates) + (numbers.certificates == 1 ? " certificate" : " certificates");
  if (numbers.next_renewal) text += ", next renewal in " + humanize(*numbers.next_renewal - now);
  if (numbers.open_alarms > 0)
    text += ", " + std::to_string(numbers.open_alarms) + (numbers.open_alarms == 1 ? " alarm" : " alarms");
  return text;
}

/// How a run for cron ended.
int verdict(Application& app) {
  const auto numbers = app.overview().numbers(app.clock().now());
  const auto count = [](const auto& map, const char* word) {
    const auto found = map.find(word);
    return found == map.end() ? 0 : found->second;
  };
  if (count(numbers.renewals, "failing") + count(numbers.renewals, "parked") > 0) return kFailed;
  if (count(numbers.watches, "failed") + count(numbers.watches, "wrong") + count(numbers.watches, "parked") >
      0)
    return kDeployFailed;
  return kDone;
}

/// One life between two readings of the configuration. True if the configuration is to be read again.
bool live(Application& app, const DaemonOptions& options, platform::WakeBell& bell, Progress& progress) {
  DaemonKit kit = app.daemon_kit();
  web::Metrics metrics(app.events());
  SchedulerSettings settings;
  settings.most_threads = kit.most_threads;
  settings.limits = kit.limits;
  settings.only = parties_of(options.role);
  settings.stuck_after = kit.stuck_after;
  Scheduler scheduler({kit.queue, kit.runners, app.clock(), bell, metrics, progress}, std::move(settings));
  std::unique_ptr<web::StatusServer> status;
  if (!kit.web_listen.empty() && !options.once && options.role != DaemonRole::deploy)
    status = std::make_unique<web::StatusServer>(
        kit.web_listen,
        web::StatusSources{app.overview(), metrics, app.clock(), [&scheduler] { return scheduler.health(); },
                           kit.certificate_metrics});
  Supervisor supervisor({app.service_manager(), progress,
                         [&scheduler] {
                           const auto health = scheduler.health();
                           return health.stuck ? health.why : std::string();
                         },
                         [&app] { return status_line(app); },
                         [&scheduler] { return scheduler.health().working; }});
  app.service_manager().ready();
  progress.step("daemon", "at work: " + status_line(app));
  if (options.once)
    scheduler.run_until_idle(supervisor.token());
  else
    scheduler.run(supervisor.token());
  return supervisor.wants_reload();
}

}  // namespace

int run(const DaemonOptions& options, const Compose& compose, Progress& progress) {
  Supervisor::block_signals();
  mallopt(M_ARENA_MAX, kMemoryArenas);
  auto app = compose();
  const std::string store = app->daemon_kit().store_path;
  const auto lock = value_or_throw(platform::DaemonLock::take(store, options.role));
  const auto bell = value_or_throw(platform::WakeBell::listen(store, options.role));
  while (live(*app, options, *bell, progress)) {
    try {
      app = compose();
      progress.step("daemon", "the configuration was read again");
    } catch (const Failure& failure) {
      progress.warn("daemon", "goes on with the old configuration: " + failure.trouble().message());
    }
  }
  progress.step("daemon", "ended");
  return options.once ? verdict(*app) : kDone;
}

}  // namespace certmgr::daemon
