// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/order.h"

namespace certmgr {

/// What to publish for a pending authorization: the first way of the certificate that the CA offers and that
/// can prove this identifier; ways to be avoided come last. Trouble "challenge_not_offered", "ca_protocol",
/// "authorization_failed".
Result<Proof> choose_proof(const Order& order, const CaAuthorization& seen, const AccountFacts& account);

/// The ways by which the CA tried to verify control, and could not.
std::vector<ChallengeType> refused_ways(const CaAuthorization& seen);

/// The certificate has another way to prove what this proof is for, one that is not to be avoided.
bool has_way_besides(const Order& order, const Proof& proof);

/// Why an authorization failed, from the challenge that tells it.
Trouble authorization_failed(const CaAuthorization& seen);

}  // namespace certmgr
