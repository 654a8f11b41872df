// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "certmgr/ports/clock.h"
#include "certmgr/ports/daemon_presence.h"
#include "certmgr/ports/overview.h"
#include "certmgr/services/halves.h"
#include "web/metrics.h"

namespace certmgr::web {

/// One answer to GET /metrics, in pieces: a hundred thousand certificates never lie in memory at once.
class Scrape {
 public:
  /// Counts everything now, so that a store that cannot be read is known before the first octet is sent.
  /// Throws Failure.
  Scrape(Overview& overview, Metrics& metrics, const DaemonPresence& daemons, Instant now, bool certificates);

  /// The next piece; empty: that was all. Throws Failure.
  std::string next();

 private:
  enum class Part { head, expiry, renewal, end };
  std::string page(bool renewal);

  Overview& overview_;
  std::string head_;
  Part part_ = Part::head;
  bool certificates_;
  std::string after_;  // label of the last line of this part
};

/// The store in numbers as families of gauges.
std::vector<prometheus::MetricFamily> families_of(const OverviewNumbers& numbers,
                                                  const std::vector<HalfLeftAlone>& left_alone);

}  // namespace certmgr::web
