// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace certmgr {

/// A point of wall-clock time (UTC) with a resolution of one millisecond. The domain never reads a
/// clock: every function that needs "now" takes it as an argument.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

/// "2026-11-24T08:09:00Z" (RFC 3339, whole seconds, rounded down).
std::string to_rfc3339(Instant at);

/// Reads RFC 3339 with any offset; fractions of a second beyond milliseconds are dropped.
/// nullopt if the text is not a valid date-time.
std::optional<Instant> parse_rfc3339(std::string_view text);

/// A length of time for people: "350 ms", "12 s", "4 min", "3 h", "61 d".
std::string humanize(Duration length);

}  // namespace certmgr
