// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <stop_token>
#include <thread>

#include "certmgr/domain/trouble.h"
#include "certmgr/ports/progress.h"
#include "certmgr/ports/service_manager.h"

namespace certmgr::daemon {

/// A thread beside the scheduler that takes the signals, feeds the watchdog while the scheduler is not
/// stuck, keeps the status line true, and ends the daemon when its store is taken away.
class Supervisor {
 public:
  struct Watched {
    ServiceManager& manager;
    Progress& progress;
    std::function<std::string()> stuck;        // why, empty: it is not
    std::function<std::string()> status_line;  // for people
    std::function<int()> working;              // steps at this moment
    std::function<std::optional<Trouble>()> store_lost;
  };
  explicit Supervisor(Watched watched);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Blocks the signals in this thread and all that it starts; only the supervisor takes them.
  static void block_signals();

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
  [[nodiscard]] bool wants_reload() const { return reload_; }
  /// The end came because the store is gone: there is nothing to go on with.
  [[nodiscard]] bool store_is_lost() const { return lost_; }

 private:
  void watch(const std::stop_token& done);
  void tick();
  void take(int signal);
  bool look_for_store();

  Watched watched_;
  std::stop_source stop_;
  std::atomic<bool> reload_ = false;
  std::atomic<bool> ending_ = false;
  std::atomic<bool> lost_ = false;
  std::jthread thread_;
};

}  // namespace certmgr::daemon
