// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/instant.h"

namespace certmgr {

/// What the scheduler sleeps on. Waiting goes by the monotonic clock; a change of the wall clock ends it.
class Bell {
 public:
  virtual ~Bell() = default;
  /// Returns when it rings, when the wall clock was changed, or after `most`.
  virtual void wait(Duration most) = 0;
  /// From any thread; a ring before the wait is not lost.
  virtual void ring() = 0;
};

}  // namespace certmgr
