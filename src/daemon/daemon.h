// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>

#include "certmgr/ports/daemon_presence.h"
#include "certmgr/ports/progress.h"
#include "certmgr/services/application.h"

namespace certmgr::daemon {

struct DaemonOptions {
  DaemonRole role = DaemonRole::all;
  bool once = false;  // until nothing is due, then end
};

/// Composes the application from the configuration as it is now; called again at each reload.
using Compose = std::function<std::unique_ptr<Application>()>;

/// Runs until SIGTERM or SIGINT (or until nothing is due), and returns the exit code. SIGHUP reads the
/// configuration anew. Call it from the first thread, before any other is started. Throws Failure.
int run(const DaemonOptions& options, const Compose& compose, Progress& progress);

}  // namespace certmgr::daemon
