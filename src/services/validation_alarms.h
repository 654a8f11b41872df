// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/organization_validation.h"
#include "certmgr/services/alarm_desk.h"

namespace certmgr {

/// Raises, repeats and clears the alarms about an organization's validations. `looks`: all its cycles, newest
/// first.
void tell_of_validations(AlarmDesk& alarms, const std::string& organization,
                         const std::vector<ValidationLook>& looks);

/// Nobody need know of a validation whose organization is gone.
void clear_validation_alarms(AlarmDesk& alarms, const std::string& organization,
                             const OrganizationValidation& validation);

}  // namespace certmgr
