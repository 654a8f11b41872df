// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/instant.h"

namespace certmgr {

/// Stops asking a party (a CA, a mail server) that does not answer, so that ten thousand tasks do not
/// each find it out. Closed: everybody may. Open: nobody until `open_until`. Then half open: one may
/// try; its success closes the breaker, its failure opens it for longer. A value without a clock.
class CircuitBreaker {
 public:
  /// How many tasks may ask now, at most `usual`.
  [[nodiscard]] int admits(int usual, Instant now) const;
  /// The other side did not answer, or said that it is broken (5xx). While it is open this says nothing new.
  void failed(Instant now, double jitter);
  /// It answered, whatever it said.
  void answered();
  /// Nobody may ask before; the epoch while it is closed.
  [[nodiscard]] Instant open_until() const { return open_until_; }
  [[nodiscard]] bool tripped() const { return failures_ >= kTrip; }

 private:
  static constexpr int kTrip = 3;  // failures in a row
  int failures_ = 0;
  Instant open_until_{};
};

/// Spreads starts: at most `per_minute` in any minute begun, evenly refilled. 0: no limit. A value
/// without a clock.
class Pace {
 public:
  explicit Pace(int per_minute = 0) : per_minute_(per_minute), tokens_(per_minute) {}
  /// How many may start now.
  [[nodiscard]] int allows(Instant now);
  void started(int count) { tokens_ -= count; }
  /// When the next one may start, if none may now.
  [[nodiscard]] Instant next(Instant now) const;

 private:
  int per_minute_;
  double tokens_;
  Instant filled_at_{};
};

}  // namespace certmgr
