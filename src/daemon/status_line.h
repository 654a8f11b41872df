// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "certmgr/ports/clock.h"
#include "certmgr/ports/daemon_presence.h"
#include "certmgr/ports/overview.h"
#include "certmgr/ports/progress.h"
#include "certmgr/services/halves.h"

namespace certmgr::daemon {

/// How everything stands, in one line for `systemctl status`. Made every half minute, so it is also where a
/// half of the work that nobody does is noticed and told in the log, once. Thread-safe.
class StatusLine {
 public:
  StatusLine(Overview& overview, const DaemonPresence& daemons, Clock& clock, Progress& progress)
      : overview_(overview), daemons_(daemons), clock_(clock), progress_(progress) {}

  /// "812 certificates, next renewal in 3 h". Throws Failure when the store cannot be read.
  std::string text();

 private:
  /// Those that were left alone at the looks before, too. Tells of each once.
  std::vector<HalfLeftAlone> those_that_stay(const std::vector<HalfLeftAlone>& left_alone);

  Overview& overview_;
  const DaemonPresence& daemons_;
  Clock& clock_;
  Progress& progress_;
  std::mutex mutex_;
  std::map<DaemonRole, int> looks_;  // in a row, at which that half was left alone
};

}  // namespace certmgr::daemon
