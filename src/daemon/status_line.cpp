// SPDX-License-Identifier: MIT
#include "daemon/status_line.h"

#include <algorithm>

namespace certmgr::daemon {
namespace {

bool contains(const std::vector<DaemonRole>& halves, DaemonRole half) {
  return std::find(halves.begin(), halves.end(), half) != halves.end();
}

std::string counted(std::int64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

}  // namespace

std::string StatusLine::text() {
  const Instant now = clock_.now();
  const auto numbers = overview_.numbers(now);
  const auto left_alone = halves_left_alone(numbers, daemons_, now);
  tell(left_alone);
  std::string text = counted(numbers.certificates, "certificate");
  if (numbers.next_renewal) text += ", next renewal in " + humanize(*numbers.next_renewal - now);
  if (numbers.open_alarms > 0) text += ", " + counted(numbers.open_alarms, "alarm");
  for (const auto& half : left_alone)
    text += half.half == DaemonRole::deploy ? ", nobody works on servers" : ", nobody works on certificates";
  return text;
}

/// At the second look in a row: after a start of the machine one half is there before the other.
void StatusLine::tell(const std::vector<HalfLeftAlone>& left_alone) {
  const std::lock_guard lock(mutex_);
  std::vector<DaemonRole> now_seen;
  for (const auto& half : left_alone) {
    now_seen.push_back(half.half);
    if (!contains(seen_, half.half) || contains(told_, half.half)) continue;
    progress_.warn("daemon", message(half));
    told_.push_back(half.half);
  }
  std::erase_if(told_, [&](DaemonRole half) { return !contains(now_seen, half); });
  seen_ = std::move(now_seen);
}

}  // namespace certmgr::daemon
