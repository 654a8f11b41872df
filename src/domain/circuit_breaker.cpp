// SPDX-License-Identifier: MIT
#include "certmgr/domain/circuit_breaker.h"

#include <algorithm>
#include <cmath>

#include "certmgr/domain/retry.h"

namespace certmgr {
namespace {

constexpr Duration kOpenFirst = std::chrono::seconds(10);
constexpr Duration kOpenMost = std::chrono::minutes(15);

}  // namespace

int CircuitBreaker::admits(int usual, Instant now) const {
  if (!tripped()) return usual;
  return now < open_until_ ? 0 : std::min(usual, 1);
}

void CircuitBreaker::failed(Instant now, double jitter) {
  // Asked before it opened: several that fail together are one failure, and not a longer pause each.
  if (now < open_until_) return;
  ++failures_;
  if (!tripped()) return;
  Duration open = kOpenFirst;
  for (int i = kTrip; i < failures_ && open < kOpenMost; ++i) open *= 2;
  open = std::min(open, kOpenMost);
  // The lower half is certain, so that the first try comes not at once and not in step with other hosts.
  open_until_ =
      now + open / 2 + Duration(static_cast<Duration::rep>(static_cast<double>(open.count()) * jitter / 2));
}

void CircuitBreaker::answered() {
  failures_ = 0;
  open_until_ = {};
}

int Pace::allows(Instant now) {
  if (per_minute_ == 0) return 1'000'000;
  const double most = per_minute_;
  // A clock that was set back refills nothing.
  const auto passed =
      std::max(Duration::zero(), filled_at_ == Instant{} ? Duration::zero() : now - filled_at_);
  tokens_ = std::min(most, tokens_ + most * static_cast<double>(passed.count()) / 60'000.0);
  filled_at_ = now;
  return static_cast<int>(std::floor(std::max(0.0, tokens_)));
}

Instant Pace::next(Instant now) const {
  if (per_minute_ == 0 || tokens_ >= 1) return now;
  return now + Duration(static_cast<Duration::rep>(std::ceil((1 - tokens_) * 60'000.0 / per_minute_)));
}

}  // namespace certmgr
