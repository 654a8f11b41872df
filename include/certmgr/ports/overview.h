// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/instant.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// How the work stands. Cheap enough to be looked at every half minute for ever: what is counted one by one
/// is what is due, in work or alarming, not what there is.
struct OverviewGlance {
  std::int64_t certificates = 0;
  std::map<std::string, std::int64_t> due;   // tasks by party whose time has come, nobody at work
  std::map<std::string, Instant> due_since;  // by party: the longest waiting of `due`
  std::int64_t leased = 0;
  std::map<std::string, std::int64_t> in_work;  // leased tasks by kind
  std::optional<Instant> oldest_due;            // of those in `due`
  std::optional<Instant> next_due;              // earliest task that is not due yet
  std::optional<Instant> next_renewal;          // earliest renew_at to come
  std::int64_t open_alarms = 0;
};

/// The whole store in numbers. Made from indexes in tens of milliseconds at 100,000 certificates.
struct OverviewNumbers : OverviewGlance {
  std::map<std::string, std::int64_t> renewals;     // by RenewalState
  std::map<std::string, std::int64_t> watches;      // by WatchState
  std::map<std::string, std::int64_t> open_orders;  // by state
  std::int64_t troubled_orders = 0;                 // open ones whose last try came to nothing
  std::map<std::string, std::int64_t> waiting;      // tasks by kind, leased or not
  std::int64_t cleanups = 0;                        // orders that have ended and left proofs behind
  std::optional<std::string> cleanup_label{};       // a certificate of one of them
  std::int64_t expired = 0;
  std::int64_t past_alarms = 0;  // kept for a while
  std::int64_t neglected = 0;    // past renew_at, and more than half of the time from there to expiry is gone
  std::optional<std::string> neglected_label;  // the one of them that expires first
};

/// One line per certificate, for metrics and lists.
struct CertificateLine {
  std::string label;
  std::string ca;
  std::string state;  // RenewalState
  std::optional<Instant> not_after;
  std::optional<Instant> renew_at;
};

/// A certificate whose upkeep does not succeed.
struct TroubledCertificate {
  CertificateLine line;
  int failures = 0;  // orders in a row that came to nothing
  Instant wake_at;   // looked at again
  std::optional<Trouble> trouble;
};

/// Answers from indexes, so that it may be asked every few seconds. Thread-safe; throws Failure like the
/// stores.
class Overview {
 public:
  virtual ~Overview() = default;
  virtual OverviewNumbers numbers(Instant now) = 0;
  virtual OverviewGlance glance(Instant now) = 0;
  /// By label, after `after`, at most `limit`.
  virtual std::vector<CertificateLine> lines(const std::string& after, int limit) = 0;
  /// Failing and parked certificates: those without a version, then the soonest to expire first.
  virtual std::vector<TroubledCertificate> troubled(int limit) = 0;
};

}  // namespace certmgr
