// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/ports/renewal_info.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

/// The CA is to be asked about the certificate at `at` at the latest. Adds the task if it is missing; from
/// now on it waits for this CA.
void wake_renewal_info(SQLite::Database& connection, std::int64_t certificate_id, const std::string& ca,
                       Instant at);
void move_renewal_info(SQLite::Database& connection, std::int64_t certificate_id, Instant at);
std::optional<Instant> renewal_info_due(SQLite::Database& connection, std::int64_t certificate_id);

std::optional<SuggestedRenewal> find_suggestion(SQLite::Database& connection, std::int64_t version_id);
std::vector<ExplainedRenewal> explained_suggestions(SQLite::Database& connection, int limit);
void put_suggestion(SQLite::Database& connection, const SuggestedRenewal& suggested);

}  // namespace certmgr::store
