// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "certmgr/domain/fleet_plan.h"

namespace certmgr::cli {

/// "plan" and "summary" of `apply --json` (docs/json.md).
nlohmann::ordered_json plan_view(const FleetPlan& plan);

/// For people: a line for each change, its differences below it. What is unchanged only `with_unchanged`.
std::string plan_text(const FleetPlan& plan, bool with_unchanged);

/// "12 to create, 1 to change, 0 to remove, 3 unchanged"
std::string summary_text(const FleetPlan& plan);

}  // namespace certmgr::cli
