// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/ports/daemon_presence.h"
#include "certmgr/ports/overview.h"

namespace certmgr {

/// So long a due task may lie about while a daemon ought to take it.
inline constexpr Duration kLeftAloneAfter = std::chrono::minutes(5);
/// The same where no daemon runs at all: one from cron comes by every hour.
inline constexpr Duration kLeftAloneByCronAfter = std::chrono::hours(2);

/// A half of the work (docs/decisions/0008-privilege-split.md) that nobody does.
struct HalfLeftAlone {
  DaemonRole half = DaemonRole::network;  // or deploy
  std::int64_t due = 0;                   // tasks
  Instant since;                          // the longest waiting one is due
  std::optional<std::string> daemon;      // "pid 4711": it runs, but takes nothing
  bool operator==(const HalfLeftAlone&) const = default;
};

/// Halves whose tasks have been due for long, with no lease out and no daemon there that may have a reason
/// (a CA that is left alone for a while, a limit of orders per minute). Thread-safe.
std::vector<HalfLeftAlone> halves_left_alone(const OverviewGlance& numbers, const DaemonPresence& daemons,
                                             Instant now);

/// One line for people: what waits since when, and what to start.
std::string message(const HalfLeftAlone& half);

}  // namespace certmgr
