// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/organization.h"
#include "certmgr/domain/organization_validation.h"

namespace certmgr::store {

/// The whole payload of a version: all of the record but its name.
std::string encode_record(const OrganizationRecord& record);
void decode_record(const std::string& payload, OrganizationRecord& record);

/// The whole payload of a validation: what has no column.
std::string encode_validation(const OrganizationValidation& validation);
void decode_validation(const std::string& payload, OrganizationValidation& validation);

}  // namespace certmgr::store
