// SPDX-License-Identifier: MIT
#include "platform/system_clock.h"

#include <random>

namespace certmgr::platform {

Instant SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

double SystemClock::jitter() {
  // Only spreads retries: nothing secret hangs on it. 53 bits, so that 1.0 cannot come out by rounding.
  thread_local std::mt19937_64 generator{(std::uint64_t{std::random_device{}()} << 32) ^
                                         std::random_device{}()};
  return static_cast<double>(generator() >> 11) * 0x1p-53;
}

}  // namespace certmgr::platform
