// SPDX-License-Identifier: MIT
#include "daemon/status_line.h"

namespace certmgr::daemon {
namespace {

/// After a start of the machine one half is there before the other, and what became due while nobody ran is
/// only now taken up.
constexpr auto kSettled = std::chrono::seconds(10);

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

void StatusLine::tell(const std::vector<HalfLeftAlone>& left_alone) {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  std::map<DaemonRole, std::chrono::steady_clock::time_point> since;
  for (const auto& half : left_alone) {
    const auto before = since_.find(half.half);
    since[half.half] = before != since_.end() ? before->second : now;
    if (now - since[half.half] < kSettled || !told_.insert(half.half).second) continue;
    progress_.warn("daemon", message(half));
  }
  std::erase_if(told_, [&](DaemonRole half) { return !since.contains(half); });
  since_ = std::move(since);
}

}  // namespace certmgr::daemon
