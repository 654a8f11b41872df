// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/order.h"

namespace certmgr {

/// What to publish for a pending authorization: the first way of the certificate that the CA offers and that
/// can prove this identifier; ways to be avoided come last. Trouble "challenge_not_offered", "ca_protocol",
/// "authorization_failed".
Result<Proof> choose_proof(const Order& order, const CaAuthorization& seen, const AccountFacts& account);

/// Why an authorization failed, from the challenge that tells it.
Trouble authorization_failed(const CaAuthorization& seen);

}  // namespace certmgr
