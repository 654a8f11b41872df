// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/enrollment/enrollment.h"

namespace certmgr::store {

/// The payload of an enrollment's row: all but its columns, its approvals and what follows from the
/// organization's record.
std::string encode_enrollment(const enrollment::Enrollment& enrollment);
/// Throws BadPayload or nlohmann::json::exception.
void decode_enrollment(const std::string& payload, enrollment::Enrollment& enrollment);

std::string encode_approval(const enrollment::Approval& approval);
void decode_approval(const std::string& payload, enrollment::Approval& approval);

std::string encode_grant(const enrollment::Grant& grant);
void decode_grant(const std::string& payload, enrollment::Grant& grant);

}  // namespace certmgr::store
