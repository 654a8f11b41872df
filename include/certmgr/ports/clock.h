// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/instant.h"

namespace certmgr {

/// Wall-clock time and chance, injected so that tests can move the one and fix the other.
/// Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  /// 0 <= x < 1, for spreading retries.
  [[nodiscard]] virtual double jitter() = 0;
};

}  // namespace certmgr
