// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/order.h"

namespace certmgr {

// An order that stays pending may be one whose proofs the CA has looked at in vain. Some CAs (smallstep's)
// look once, write the error into the challenge, leave it pending, and look again only when it is answered
// once more (RFC 8555 section 8.2). The order does not tell; its authorizations do, and are read now and
// then.

/// After that many polls of the order. Not so early that a CA that is merely slow costs a request.
bool is_time_to_look(int polls);
/// Reads all of them, then polls on as was planned.
Order begin_look(Order order, std::vector<std::string> authorizations, Instant now);
/// We have published a proof for it and answered its challenge.
bool has_proof_for(const Order& order, const CaAuthorization& seen);
/// A pending authorization: says why control is not verified yet, and has the challenge answered again if it
/// waits for that. The order fails for that reason when it has failed too often.
Order follow_look(Order order, const CaAuthorization& seen, Instant now);
Order answered_again(Order order);
/// The next authorization, or back to polling. Leaves an order alone that is not being looked at.
Order look_on(Order order);

}  // namespace certmgr
