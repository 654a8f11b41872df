// SPDX-License-Identifier: MIT
#include "daemon/status_line.h"

namespace certmgr::daemon {
namespace {

/// The first two looks are those of the start. After a start of the machine one half is there before the
/// other, and what became due while nobody ran is only now taken up.
constexpr int kLooksBefore = 2;

std::string counted(std::int64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

}  // namespace

std::string StatusLine::text() {
  const Instant now = clock_.now();
  const auto numbers = overview_.glance(now);
  const auto left_alone = halves_left_alone(numbers, daemons_, now);
  std::string text = counted(numbers.certificates, "certificate");
  if (numbers.next_renewal) text += ", next renewal in " + humanize(*numbers.next_renewal - now);
  if (numbers.open_alarms > 0) text += ", " + counted(numbers.open_alarms, "alarm");
  for (const auto& half : those_that_stay(left_alone))
    text += half.half == DaemonRole::deploy ? ", nobody works on servers" : ", nobody works on certificates";
  return text;
}

std::vector<HalfLeftAlone> StatusLine::those_that_stay(const std::vector<HalfLeftAlone>& left_alone) {
  const std::lock_guard lock(mutex_);
  std::map<DaemonRole, int> looks;
  std::vector<HalfLeftAlone> stay;
  for (const auto& half : left_alone) {
    looks[half.half] = looks_[half.half] + 1;
    if (looks[half.half] <= kLooksBefore) continue;
    if (looks[half.half] == kLooksBefore + 1) progress_.warn("daemon", message(half));
    stay.push_back(half);
  }
  looks_ = std::move(looks);
  return stay;
}

}  // namespace certmgr::daemon
