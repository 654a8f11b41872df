// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "certmgr/domain/instant.h"
#include "certmgr/domain/trouble.h"

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

inline constexpr Duration kLongestRetry = std::chrono::hours(24);

/// Wait after the `attempts`-th failure in a row (1, 2, ...): exponential from one second to `most`,
/// spread by `jitter` (0 <= jitter < 1) over the upper half, so that a fleet does not return in step.
Duration retry_delay(int attempts, double jitter, Duration most = kLongestRetry);

/// The longest wait between two tries for something that must be there by `needed_by`: a 48th of the time
/// left (an hour when two days are left), at least five minutes, at most a day. Past it: an hour. Without
/// a date: a day.
Duration longest_retry(std::optional<Instant> needed_by, Instant now);

/// True when trying again cannot help before somebody changes something: the CA's policy (caa,
/// rejectedIdentifier, badCSR, ...), the configuration, the terms of service, a certificate that is not
/// what was ordered. A failed validation is not one of them: DNS and firewalls get repaired.
bool needs_a_person(const Trouble& trouble);

/// True when the other side did not answer, or is broken: it would be the same for everybody who asks now.
bool is_silence(const Trouble& trouble);

/// What a CA says that met nobody, or somebody else, where our proof should have been; in the authorization
/// or in the order.
bool is_unproven(const Trouble& trouble);

/// When to order anew after `failures` orders in a row came to nothing: Retry-After first, else from
/// five minutes up, doubling, at most longest_retry.
Instant next_order(int failures, const Trouble& trouble, std::optional<Instant> needed_by, Instant now,
                   double jitter);

}  // namespace certmgr
