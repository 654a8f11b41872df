// SPDX-License-Identifier: MIT
#include "daemon/daemon.h"

#include <malloc.h>

#include "certmgr/services/daemon_kit.h"
#include "daemon/status_line.h"
#include "daemon/supervisor.h"
#include "platform/daemon_lock.h"
#include "platform/wake.h"
#include "web/metrics.h"
#include "web/peer_door.h"
#include "web/status_server.h"

namespace certmgr::daemon {
namespace {

constexpr int kDone = 0, kFailed = 1, kDeployFailed = 3;

/// With the default of eight arenas a core, memory that workers have freed lies about unused.
constexpr int kMemoryArenas = 2;

/// How a run for cron ended.
int verdict(Application& app) {
  const auto numbers = app.overview().numbers(app.clock().now());
  const auto count = [](const auto& map, const char* word) {
    const auto found = map.find(word);
    return found == map.end() ? 0 : found->second;
  };
  if (count(numbers.renewals, "failing") + count(numbers.renewals, "parked") + numbers.troubled_orders > 0)
    return kFailed;
  if (count(numbers.watches, "failed") + count(numbers.watches, "wrong") + count(numbers.watches, "parked") >
      0)
    return kDeployFailed;
  return kDone;
}

/// One life between two readings of the configuration.
class Life {
 public:
  /// Throws Failure when something the configuration names cannot be had.
  enum class Doors { open, shut };
  Life(Application& app, const DaemonOptions& options, platform::WakeBell& bell, Progress& progress,
       Doors doors = Doors::open)
      : app_(app),
        options_(options),
        progress_(progress),
        line_(app.overview(), app.daemons(), app.clock(), progress),
        metrics_(app.events()),
        scheduler_(parts_of(app, bell, metrics_, progress), settings_of(app, options.role)),
        pages_(app, progress, [&bell] { bell.ring(); }) {
    if (doors == Doors::open && !options.once && options.role != DaemonRole::deploy)
      open_doors(app.daemon_kit().web);
  }

  enum class End { stopped, reload, store_lost };

  End run() {
    Supervisor supervisor({app_.service_manager(), progress_,
                           [this] {
                             const auto health = scheduler_.health();
                             return health.stuck ? health.why : std::string();
                           },
                           [this] { return line_.text(); }, [this] { return scheduler_.health().working; },
                           [this] { return app_.inspector().lost(); }});
    app_.service_manager().ready();
    progress_.step("daemon", "at work: " + line_.text());
    if (options_.once)
      scheduler_.run_until_idle(supervisor.token());
    else
      scheduler_.run(supervisor.token());
    if (supervisor.store_is_lost()) return End::store_lost;
    return supervisor.wants_reload() ? End::reload : End::stopped;
  }

 private:
  void open_doors(const WebKit& kit) {
    if (!kit.listen.empty())
      status_ = std::make_unique<web::StatusServer>(
          kit.listen, web::StatusSources{app_.overview(), metrics_, app_.clock(), app_.daemons(),
                                         [this] { return app_.inspector().lost(); },
                                         [this] { return scheduler_.health(); }, kit.certificate_metrics,
                                         kit.tokens ? &pages_ : nullptr});
    if (!kit.socket.empty()) door_ = std::make_unique<web::PeerDoor>(kit.socket, pages_);
  }

  static Scheduler::Parts parts_of(Application& app, platform::WakeBell& bell, web::Metrics& metrics,
                                   Progress& progress) {
    DaemonKit kit = app.daemon_kit();
    return {kit.queue, std::move(kit.runners), app.clock(), bell, metrics, progress};
  }
  static SchedulerSettings settings_of(Application& app, DaemonRole role) {
    DaemonKit kit = app.daemon_kit();
    SchedulerSettings settings;
    settings.most_threads = kit.most_threads;
    settings.limits = std::move(kit.limits);
    settings.role = role;
    settings.stuck_after = kit.stuck_after;
    return settings;
  }

  Application& app_;
  const DaemonOptions& options_;
  Progress& progress_;
  StatusLine line_;
  web::Metrics metrics_;
  Scheduler scheduler_;
  web::EnrollmentPages pages_;
  std::unique_ptr<web::StatusServer> status_;
  std::unique_ptr<web::PeerDoor> door_;
};

/// What was there before the configuration was read again may be taken by now: work goes on without.
std::unique_ptr<Life> revived(Application& app, const DaemonOptions& options, platform::WakeBell& bell,
                              Progress& progress) {
  try {
    return std::make_unique<Life>(app, options, bell, progress);
  } catch (const Failure& failure) {
    progress.trouble("daemon", failure.trouble());
    progress.warn("daemon", "goes on without its pages: " + failure.trouble().message());
    return std::make_unique<Life>(app, options, bell, progress, Life::Doors::shut);
  }
}

void refuse_other_store(Application& app, const std::string& store) {
  if (app.daemon_kit().store_path == store) return;
  throw Failure({.kind = TroubleKind::configuration,
                 .code = "other_store",
                 .what = "cannot change to another store",
                 .why = "this daemon was started for " + store,
                 .hint = "start the daemon anew"});
}

}  // namespace

int run(const DaemonOptions& options, const Compose& compose, Progress& progress) {
  Supervisor::block_signals();
  mallopt(M_ARENA_MAX, kMemoryArenas);
  auto app = compose();
  const std::string store = app->daemon_kit().store_path;
  const auto lock = value_or_throw(platform::DaemonLock::take(store, options.role));
  const auto bell = value_or_throw(platform::WakeBell::listen(store, options.role));
  auto life = std::make_unique<Life>(*app, options, *bell, progress);
  auto end = Life::End::stopped;
  while ((end = life->run()) == Life::End::reload) {
    life.reset();  // the new one may want the same addresses
    if (auto lost = app->inspector().lost()) throw Failure(std::move(*lost));
    try {
      auto next = compose();
      refuse_other_store(*next, store);
      life = std::make_unique<Life>(*next, options, *bell, progress);
      app = std::move(next);
      progress.step("daemon", "the configuration was read again");
    } catch (const Failure& failure) {
      progress.trouble("daemon", failure.trouble());
      progress.warn("daemon", "goes on with the old configuration: " + failure.trouble().message());
      life = revived(*app, options, *bell, progress);
    }
  }
  life.reset();
  progress.step("daemon", "ended");
  if (end == Life::End::store_lost) return kFailed;
  return options.once ? verdict(*app) : kDone;
}

}  // namespace certmgr::daemon
