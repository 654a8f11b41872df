// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/deployment.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

std::optional<Deployment> find_deployment(SQLite::Database& connection, std::int64_t id);
std::optional<Deployment> find_open_deployment(SQLite::Database& connection, std::int64_t server_id,
                                               std::int64_t version_id);
std::optional<Deployment> find_last_deployment(SQLite::Database& connection, std::int64_t certificate_id,
                                               std::int64_t server_id);
/// Those of earlier versions of the certificate on this server that are open, without anybody at work.
std::vector<Deployment> find_abandoned(SQLite::Database& connection, std::int64_t certificate_id,
                                       std::int64_t server_id, std::int64_t before_version_id);

/// Saves the row if its revision is still the one before this one; else Failure "conflict". Its end wakes the
/// watch over the server.
void update_deployment(SQLite::Database& connection, const Deployment& deployment, Instant now);

/// Reads every deployment; `report` is told what is wrong with the ones that cannot be read.
void check_deployments(SQLite::Database& connection, const std::function<void(const std::string&)>& report);

}  // namespace certmgr::store
