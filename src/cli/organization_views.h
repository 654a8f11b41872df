// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "certmgr/services/organization_desk.h"

namespace certmgr::cli {

// Organizations as the documents of --json (docs/json.md), and as text.

/// The record with its version; absent texts are null.
nlohmann::ordered_json record_view(const Organization& organization);
nlohmann::ordered_json validation_view(const OrganizationValidation& validation);
/// The record, the subjects it makes, what EV still lacks, and all cycles.
nlohmann::ordered_json organization_view(OrganizationDesk& desk, const Organization& organization);
nlohmann::ordered_json edit_view(const OrganizationEdit& edit);

std::string organization_text(OrganizationDesk& desk, const Organization& organization);
/// "ov at sectigo: validated until 2027-04-17"
std::string validation_text(const OrganizationValidation& validation);
std::string edit_text(const OrganizationEdit& edit);

}  // namespace certmgr::cli
