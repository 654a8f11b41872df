// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "adapters/store/event_chain.h"
#include "certmgr/domain/instant.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

/// Deletes the certificate and every row that belongs to it: versions, orders, deployments, tasks, and keys
/// that nothing else uses. Events and what is known of its servers stay. Failure "certificate_busy" (kind
/// waiting) if a process works on it, or a deployment is half way. Call within a transaction. Returns how
/// many versions there were.
int remove_certificate_rows(SQLite::Database& connection, std::int64_t id, const std::string& label,
                            Instant now, EventBatch& events);

/// Gives up deployments to the server that have not touched anything yet. Failure "certificate_busy" if one
/// is half way: the server's old files are only put right by its end.
void give_up_deployments(SQLite::Database& connection, std::int64_t certificate_id, std::int64_t server_id,
                         const std::string& label, Instant now);

}  // namespace certmgr::store
