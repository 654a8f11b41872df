// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "certmgr/domain/enrollment/enrollment.h"

namespace certmgr::enrollment {

/// When time ends the state; nothing: never.
std::optional<Instant> time_limit(const Enrollment& enrollment, const Context& context);

/// What time has made of it; nothing: it stands.
std::optional<State> ended_by_time(const Enrollment& enrollment, const Context& context);

}  // namespace certmgr::enrollment
