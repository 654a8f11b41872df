// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/domain/order_machine.h"

namespace certmgr {

// How an order gets from one state to the next, and how it stays.

/// The other state, from now on.
Order enter(Order order, OrderState state, Instant now);
/// The same where all went well: what was in the way before is over.
Order progress(Order order, OrderState state, Instant now);
Order fail_order(Order order, Trouble trouble, Instant now, std::string kept_key = {});
/// The end of an order of which the CA has told nothing for as long as we are patient, but this trouble.
Order give_up_on(Order order, Trouble trouble, Instant now, std::string kept_key);
/// The same order once more, and without the word on what it replaces.
Order order_without_replacement(Order order, Trouble trouble, Instant now);
/// Stays in its state and looks again: not before the CA said, else soon and then less often. Past its
/// patience it fails with "ca_timeout".
Order poll_again(Order order, const std::optional<Instant>& retry_after, Instant now, std::string kept_key);

/// What is left of an ended order is tried again after a while, less and less often, for a week and ten
/// tries.
Order proofs_withdrawn(Order order, const ProofsWithdrawn& outcome, Instant now);
/// When an order that has just ended is looked at: what could not be withdrawn a moment ago, not at once.
Instant first_look_at_the_end(const Order& order, Instant now);
/// Later, and as if it had not been due.
Order cleanup_put_off(Order order, Instant now);

}  // namespace certmgr
