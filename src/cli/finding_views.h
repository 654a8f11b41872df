// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "certmgr/domain/finding.h"

namespace certmgr::cli {

/// Findings as the documents of --json (docs/json.md).
nlohmann::ordered_json findings_view(const std::vector<Finding>& findings);

/// For people: a line for each, and what to do below it.
std::string findings_text(const std::vector<Finding>& findings);

/// "2 problems, 1 warning"; "no problems"
std::string findings_summary(const std::vector<Finding>& findings);

int count(const std::vector<Finding>& findings, Severity severity);

}  // namespace certmgr::cli
