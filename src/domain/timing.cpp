// SPDX-License-Identifier: MIT
#include <algorithm>

#include "certmgr/domain/renewal.h"
#include "certmgr/domain/retry.h"

namespace certmgr {

Instant renewal_time(Instant not_before, Instant not_after) {
  const Duration life = not_after - not_before;
  if (life <= Duration::zero()) return not_before;
  const bool short_lived = life < std::chrono::days(10);
  return not_before + (short_lived ? life / 2 : life * 2 / 3);
}

Duration poll_delay(const Patience& patience, int polls_so_far) {
  Duration delay = patience.poll_first;
  for (int i = 0; i < polls_so_far && delay < patience.poll_most; ++i) delay *= 2;
  return std::min(delay, patience.poll_most);
}

Duration retry_delay(int attempts, double jitter) {
  constexpr Duration most = std::chrono::hours(24);
  Duration delay = std::chrono::seconds(1);
  for (int i = 1; i < attempts && delay < most; ++i) delay *= 2;
  delay = std::min(delay, most);
  const auto half = delay.count() / 2;
  return Duration(half + static_cast<Duration::rep>(static_cast<double>(delay.count() - half) * jitter));
}

}  // namespace certmgr
