// SPDX-License-Identifier: MIT
#include "certmgr/domain/day.h"

namespace certmgr {

std::string to_text(Day day) { return to_rfc3339(Instant(day)).substr(0, 10); }

std::optional<Day> parse_day(std::string_view text) {
  constexpr std::size_t length = 10;
  if (text.size() != length) return std::nullopt;
  const auto midnight = parse_rfc3339(std::string(text) + "T00:00:00Z");
  if (!midnight) return std::nullopt;
  return day_of(*midnight);
}

Day day_of(Instant at) { return std::chrono::floor<std::chrono::days>(at); }

}  // namespace certmgr
