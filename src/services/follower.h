// SPDX-License-Identifier: MIT
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "certmgr/ports/progress.h"
#include "certmgr/ports/store.h"

namespace certmgr {

/// Tells what another process does, from the events it writes. Thread-safe.
class Follower {
 public:
  Follower(EventLog& events, const std::vector<std::string>& subjects)
      : events_(events), subjects_(subjects.begin(), subjects.end()) {}
  /// Tells what happened since the last look.
  void look(Progress& progress);

 private:
  EventLog& events_;
  std::set<std::string> subjects_;
  std::mutex mutex_;
  std::int64_t seen_ = -1;  // nothing yet
};

}  // namespace certmgr
