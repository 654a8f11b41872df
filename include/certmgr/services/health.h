// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/ports/overview.h"
#include "certmgr/services/halves.h"
#include "certmgr/services/scheduler.h"

namespace certmgr {

/// Why somebody must look, one line each; empty when all is well. Nothing in `scheduler`: it runs
/// elsewhere, or not at all, which the caller judges.
std::vector<std::string> health_findings(const OverviewNumbers& numbers,
                                         const std::optional<SchedulerHealth>& scheduler,
                                         const std::vector<HalfLeftAlone>& left_alone);

}  // namespace certmgr
