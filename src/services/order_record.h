// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/event.h"
#include "certmgr/domain/order.h"
#include "certmgr/ports/progress.h"

namespace certmgr {

// What of an order's way is put on record.

/// The line of the event log for this change.
EventDraft event_of(const Order& before, const Order& after);
/// Whether a crash would lose something that the CA does not tell again: the key, the order's URL, what was
/// published, an end; or people would miss it: a trouble, a pause.
bool must_be_saved(const Order& before, const Order& after, Instant now);

/// What is said of a proof that could not be withdrawn, with the beginning of what a hook has printed.
std::string why_left(const Trouble& trouble);
/// Warns of proofs that could not be withdrawn just now: they are tried again, or are left to people.
void tell_of_proofs(const Order& before, const Order& after, Progress& progress);

}  // namespace certmgr
