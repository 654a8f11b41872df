// SPDX-License-Identifier: MIT
#pragma once

#include "answers/answer.h"
#include "answers/enrollment_ask.h"
#include "certmgr/services/application.h"

namespace certmgr::answers {

/// Does what `by` asks, if she may, and says what came of it. Never throws Failure: that is the answer's
/// trouble. "reject" with `revoke` talks to the CA and tells `progress`. Thread-safe.
Answer carry_out(Application& app, const enrollment::Actor& by, const EnrollmentAsk& ask, Progress& progress);

}  // namespace certmgr::answers
