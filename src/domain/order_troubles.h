// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/order.h"

namespace certmgr {

/// An outcome that its state does not know: a defect of ours.
Trouble bug(const Order& order, std::string_view outcome);
/// Of newOrder: the CA has refused it, or got nothing of it. With any other trouble the order may be there.
bool made_no_order(const Trouble& trouble);
/// The CA calls the order invalid.
Trouble order_refused(const Order& order, const CaOrder& seen, Instant now);
/// Control of this name could not be verified. Some CAs say why in the order, which was read before.
Trouble why_unproven(const Order& order, const CaAuthorization& seen);
/// The CA says in an order it works on what it wants from a person: nothing is wrong, it waits.
Trouble asked_by_ca(const Order& order, Trouble problem);

}  // namespace certmgr
