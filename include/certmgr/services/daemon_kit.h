// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <string>

#include "certmgr/ports/task_queue.h"
#include "certmgr/services/scheduler.h"
#include "certmgr/services/task_runner.h"

namespace certmgr {

/// What a daemon is asked through, besides the store.
struct WebKit {
  std::string listen{};  // ADDR:PORT of /metrics and /healthz; empty: nowhere
  std::string socket{};  // path of the persons' door; empty: none
  bool tokens = false;   // persons may come by `listen` too, with a token
  bool certificate_metrics = true;
};

/// What a daemon needs besides the use cases: everything its scheduler works with, and its settings.
struct DaemonKit {
  TaskQueue& queue;
  std::map<TaskKind, TaskRunner*> runners;
  std::function<PartyLimits(const std::string&)> limits;
  int most_threads = 64;
  Duration stuck_after{};
  std::string store_path;
  WebKit web{};
};

}  // namespace certmgr
