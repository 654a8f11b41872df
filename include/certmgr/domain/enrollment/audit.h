// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/enrollment/machine.h"
#include "certmgr/domain/event.h"

namespace certmgr::enrollment {

// Lines of the audit log about enrollments.

/// "enrollment.opened"
EventDraft opened_event(const Enrollment& enrollment, Digest sha256);
/// "enrollment.approved", ...: who did what in which role, from where, why, and to which request. `after` is
/// the result of apply(before, event).
EventDraft moved_event(const Enrollment& before, const Enrollment& after, const Event& event, Digest sha256);
/// The same for what time did; `after` is look_at(before).
EventDraft timed_event(const Enrollment& before, const Enrollment& after, Digest sha256);
/// "enrollment.refused": somebody tried what is not allowed. Attempts are on record too.
EventDraft refused_event(const Enrollment& enrollment, const Event& event, const Trouble& trouble,
                         Digest sha256);

}  // namespace certmgr::enrollment
