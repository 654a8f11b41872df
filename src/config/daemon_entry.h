// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace certmgr::config {

/// [daemon]: how much it does at once, and how often it looks.
struct DaemonEntry {
  int threads = 64;              // at most; grown as they are needed
  int deployments_at_once = 16;  // on different servers
  std::chrono::seconds watch_every = std::chrono::hours(1);
  std::chrono::seconds retry_deployment_after = std::chrono::minutes(1);  // doubled per failure in a row
  std::chrono::days keep_alarms{90};                                      // after their end
};

}  // namespace certmgr::config
