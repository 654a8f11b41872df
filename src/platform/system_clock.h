// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/ports/clock.h"

namespace certmgr::platform {

class SystemClock : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] double jitter() override;
};

}  // namespace certmgr::platform
