// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/domain/account.h"
#include "certmgr/domain/order.h"
#include "certmgr/domain/rate_limit.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

/// How a row names whose limit it counts towards: the directory, with the account where it counts per
/// account.
std::string counted_at(const AccountPlace& at, bool per_account);

// Each within a transaction of the caller's.

std::optional<Instant> bucket_full_at(SQLite::Database& connection, const AccountPlace& at,
                                      const Bucket& bucket);
void put_bucket(SQLite::Database& connection, const AccountPlace& at, const Bucket& bucket, Instant full_at);

bool has_reservation(SQLite::Database& connection, std::int64_t order_id);
void add_reservation(SQLite::Database& connection, std::int64_t order_id, const AccountPlace& at,
                     const Demand& demand);
/// The order has ended: gives back what no certificate came of, and counts what failed. Does nothing for an
/// order that took nothing.
void settle_reservation(SQLite::Database& connection, const Order& ended, Instant now);

}  // namespace certmgr::store
