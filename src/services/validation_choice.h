// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/services/organization_desk.h"

namespace certmgr {

/// Of cycles that are sorted newest first: the first of each CA and level.
std::vector<OrganizationValidation> newest_of_each(std::vector<OrganizationValidation> all);

/// The one that is meant. Failure (usage) if none fits, or several do.
OrganizationValidation choose(const std::vector<OrganizationValidation>& known,
                              const ValidationChoice& choice, const std::string& organization);

/// The same among those that the event can happen to, if there is such a one.
OrganizationValidation choose_for(const std::vector<OrganizationValidation>& known,
                                  const ValidationChoice& choice, const std::string& organization,
                                  const ValidationEvent& event, Instant now);

}  // namespace certmgr
