// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "certmgr/domain/instant.h"

namespace certmgr {

/// A calendar day in UTC. Evidence about organizations is dated by days, not by moments.
using Day = std::chrono::sys_days;

/// "2026-11-24" (ISO 8601).
std::string to_text(Day day);

/// Reads exactly that form; nullopt for anything else, also for days that do not exist.
std::optional<Day> parse_day(std::string_view text);

/// The day on which the moment falls.
Day day_of(Instant at);

}  // namespace certmgr
