// SPDX-License-Identifier: MIT
#pragma once

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {

using Lock = std::unique_lock<std::mutex>;

/// RFC 8555 section 7.4, with `profile` (draft-ietf-acme-profiles) and `replaces` (RFC 9773 section 5).
Reply new_order(Core& core, const Signed& request);
/// A poll. Waits until the proofs that are being looked at are judged, if the behaviour says so.
Reply order(Core& core, Lock& lock, const Signed& request, const std::string& id);

/// What the order's authorizations make of it.
void refresh(Core& core, Order& order);
/// The order as clients see it, with its Retry-After.
Reply order_reply(const Core& core, const Order& order, int status = 200);
/// The account's own order, else Refusal.
Order& owned_order(Core& core, const Signed& request, const std::string& id);

}  // namespace certmgr::lab::strict
