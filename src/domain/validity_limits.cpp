// SPDX-License-Identifier: MIT
#include "certmgr/domain/validity_limits.h"

#include <array>

#include "certmgr/domain/day.h"

namespace certmgr {
namespace {

using std::chrono::days;

struct Era {
  Day from;
  ValidityLimits limits;
};

constexpr Day on(int year, unsigned month, unsigned day) {
  return std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
}

/// Newest first.
constexpr std::array<Era, 3> kEras{{
    {on(2029, 3, 15), {days(47), days(10), days(398)}},
    {on(2027, 3, 15), {days(100), days(100), days(398)}},
    {on(2026, 3, 15), {days(200), days(200), days(398)}},
}};
constexpr ValidityLimits kBefore{days(398), days(398), days(825)};

}  // namespace

ValidityLimits limits_at(Instant issued) {
  for (const auto& era : kEras)
    if (issued >= Instant(era.from)) return era.limits;
  return kBefore;
}

Duration counted_life(Instant not_before, Instant not_after) {
  return not_after - not_before + std::chrono::seconds(1);
}

}  // namespace certmgr
