// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/ca_entry.h"
#include "certmgr/domain/enrollment/enrollment.h"
#include "certmgr/domain/order.h"

namespace certmgr {

// The order below an enrollment.

/// The order of a certificate, as `draft` already is for a certificate of control only, made one that vouches
/// for the organization.
Order ordered_for(Order draft, const enrollment::Enrollment& enrollment, bool public_rules);
/// A person gave it up. What it published is withdrawn by its own task.
Order given_up(Order order, Instant now);
/// What it brought is taken all the same.
Order accepted(Order order, std::int64_t version_id, Instant now);
/// The CA is asked at once, and what it said last does not count.
Order looked_at_again(Order order, Instant now);

/// The CA waits for a person: something that ACME cannot carry.
bool wants_a_person(const Trouble& trouble);

}  // namespace certmgr
