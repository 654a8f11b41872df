// SPDX-License-Identifier: MIT
#include "certmgr/domain/instant.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace certmgr {

std::string to_rfc3339(Instant at) {
  using namespace std::chrono;
  const auto seconds = floor<std::chrono::seconds>(at);
  const auto days = floor<std::chrono::days>(seconds);
  const year_month_day date{days};
  const hh_mm_ss time{seconds - days};
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text.data();
}

namespace {

/// Reads exactly `digits` decimal digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = text[i];
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take_char(std::string_view& text, char upper) {
  if (text.empty()) return false;
  const char c = text.front();
  const char raised = (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  if (raised != upper) return false;
  text.remove_prefix(1);
  return true;
}

/// ".123456" -> 123 ms; no fraction -> 0. nullopt when the dot has no digits behind it.
std::optional<int> take_fraction(std::string_view& text) {
  if (!take_char(text, '.')) return 0;
  int milliseconds = 0;
  std::size_t count = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (count < 3) milliseconds = milliseconds * 10 + (text.front() - '0');
    ++count;
    text.remove_prefix(1);
  }
  if (count == 0) return std::nullopt;
  for (std::size_t i = count; i < 3; ++i) milliseconds *= 10;
  return milliseconds;
}

/// "Z" or "+02:00", as minutes east of UTC; nothing may follow.
std::optional<int> take_offset(std::string_view text) {
  if (take_char(text, 'Z')) return text.empty() ? std::optional<int>(0) : std::nullopt;
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take_char(text, ':')) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59 || !text.empty()) return std::nullopt;
  return sign * (*hours * 60 + *minutes);
}

}  // namespace

std::optional<Instant> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const auto year_number = take_number(text, 4);
  if (!year_number || !take_char(text, '-')) return std::nullopt;
  const auto month_number = take_number(text, 2);
  if (!month_number || !take_char(text, '-')) return std::nullopt;
  const auto day_number = take_number(text, 2);
  if (!day_number || !take_char(text, 'T')) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take_char(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59 || !take_char(text, ':')) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second || *second > 60) return std::nullopt;  // 60: a leap second
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset) return std::nullopt;

  const year_month_day date{year{*year_number}, month{static_cast<unsigned>(*month_number)},
                            day{static_cast<unsigned>(*day_number)}};
  if (!date.ok()) return std::nullopt;
  return Instant{sys_days{date}} + hours{*hour} + minutes{*minute - *offset} + seconds{*second} +
         milliseconds{*fraction};
}

std::string humanize(Duration length) {
  using namespace std::chrono;
  const auto ms = length.count();
  if (ms < 1000) return std::to_string(ms < 0 ? 0 : ms) + " ms";
  if (length < minutes(2)) return std::to_string(floor<seconds>(length).count()) + " s";
  if (length < hours(2)) return std::to_string(floor<minutes>(length).count()) + " min";
  if (length < days(2)) return std::to_string(floor<hours>(length).count()) + " h";
  return std::to_string(floor<days>(length).count()) + " d";
}

}  // namespace certmgr
