// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/enrollment/machine.h"

namespace certmgr::enrollment {

/// "cannot EVENT enrollment 7 for LABEL: WHY"
tl::unexpected<Trouble> refuse(const Enrollment& enrollment, std::string_view event, std::string code,
                               std::string why, std::string hint);

/// Trouble where the state does not know the event: "approval_denied" and "approval_expired" tell an approver
/// that it is over, everything else is "wrong_state".
Result<void> follows(const Enrollment& enrollment, const Event& event);

/// Blanks are no reason.
bool says_something(const std::string& reason);

}  // namespace certmgr::enrollment
