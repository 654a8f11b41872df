// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/event.h"
#include "certmgr/domain/organization.h"
#include "certmgr/domain/organization_validation.h"

namespace certmgr {

// Lines of the audit log about organizations. They name fields and never hold what stands in them: the log
// cannot forget, and contacts are people.

/// "organization.added"
EventDraft added_event(const OrganizationRecord& record);
/// "organization.changed"; `version` is the new one.
EventDraft changed_event(const std::string& name, int version,
                         const std::vector<OrganizationDifference>& changes);
/// "organization.removed"
EventDraft removed_event(const Organization& organization);
/// "organization.submitted", ...: `validation` is in its new state.
EventDraft validation_event(const std::string& name, ValidationState from,
                            const OrganizationValidation& validation);

/// "legal_name, address.street"
std::string field_names(const std::vector<OrganizationDifference>& differences);

/// Those of `validations` that an edit makes void, as they are then. `version` is the new one of the record.
/// None if the edit leaves the identity alone. Pure.
std::vector<OrganizationValidation> suspended_by(const std::vector<OrganizationDifference>& edit, int version,
                                                 const std::vector<OrganizationValidation>& validations,
                                                 Instant now);

}  // namespace certmgr
