// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/ports/store.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

// Within a transaction.

/// OrderStore::open.
Order insert_order(SQLite::Database& connection, const Order& order, const EventDraft& event, Instant now);
/// OrderStore::save. What waits for the order, its upkeep or its enrollment, is due.
Order update_order(SQLite::Database& connection, const OrderStore::Save& save, Instant now);

}  // namespace certmgr::store
