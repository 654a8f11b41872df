// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/instant.h"

namespace certmgr {

/// How long to wait for an outside party. Data, not code: DV and OV/EV differ in this alone.
struct Patience {
  Duration poll_first;  // first wait when the CA names none
  Duration poll_most;   // the waits double up to this
  Duration give_up;     // measured from entering the state
  bool operator==(const Patience&) const = default;
};

inline constexpr Patience kDvPatience{std::chrono::milliseconds(100), std::chrono::seconds(5),
                                      std::chrono::hours(1)};

/// poll_first, doubled per earlier poll, at most poll_most.
Duration poll_delay(const Patience& patience, int polls_so_far);

/// Wait after the `attempts`-th failure in a row (1, 2, ...): exponential from one second to a day,
/// spread by `jitter` (0 <= jitter < 1) over the upper half, so that a fleet does not return in step.
Duration retry_delay(int attempts, double jitter);

}  // namespace certmgr
