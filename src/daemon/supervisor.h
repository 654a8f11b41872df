// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <functional>
#include <stop_token>
#include <thread>

#include "certmgr/ports/progress.h"
#include "certmgr/ports/service_manager.h"

namespace certmgr::daemon {

/// A thread beside the scheduler that takes the signals, feeds the watchdog while the scheduler is not
/// stuck, and keeps the status line true.
class Supervisor {
 public:
  struct Watched {
    ServiceManager& manager;
    Progress& progress;
    std::function<std::string()> stuck;        // why, empty: it is not
    std::function<std::string()> status_line;  // for people
    std::function<int()> working;              // steps at this moment
  };
  explicit Supervisor(Watched watched);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Blocks the signals in this thread and all that it starts; only the supervisor takes them.
  static void block_signals();

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
  [[nodiscard]] bool wants_reload() const { return reload_; }

 private:
  void watch(const std::stop_token& done);
  void tick();
  void take(int signal);

  Watched watched_;
  std::stop_source stop_;
  std::atomic<bool> reload_ = false;
  std::atomic<bool> ending_ = false;
  std::jthread thread_;
};

}  // namespace certmgr::daemon
