// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/order.h"

namespace certmgr::store {

/// What of an order is not in columns of its own: spec, reason, patience, state, published, polls,
/// attempts, last_trouble. Form {"v":1, ...}, described in docs/store.md.
std::string encode_order(const Order& order);

/// Fills in what the payload holds. Throws BadPayload or nlohmann::json::exception.
void decode_order(const std::string& payload, Order& order);

}  // namespace certmgr::store
