// SPDX-License-Identifier: MIT
#include "adapters/store/deployment_rows.h"

#include "adapters/store/deployment_codec.h"
#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"
#include "adapters/store/watch_rows.h"

namespace certmgr::store {
namespace {

constexpr const char* kSelect =
    "SELECT id, version_id, server_id, state, wake_at, created_at, entered_at, revision, payload FROM "
    "deployments ";

std::string row_name(std::int64_t id) { return "deployment " + std::to_string(id); }

Deployment read_deployment(SQLite::Statement& row) {
  Deployment deployment;
  deployment.id = row.getColumn(0).getInt64();
  deployment.version_id = row.getColumn(1).getInt64();
  deployment.server_id = row.getColumn(2).getInt64();
  deployment.wake_at = instant(row.getColumn(4).getInt64());
  deployment.created_at = instant(row.getColumn(5).getInt64());
  deployment.entered_at = instant(row.getColumn(6).getInt64());
  deployment.revision = row.getColumn(7).getInt64();
  decode_row(row_name(deployment.id), [&] {
    decode_deployment(row.getColumn(8).getString(), deployment);
    const std::string state = row.getColumn(3).getString();
    if (state != name_of(deployment.state)) {
      throw BadPayload("its column says state \"" + state + "\", its payload \"" +
                       std::string(name_of(deployment.state)) + "\"");
    }
  });
  return deployment;
}

}  // namespace

std::optional<Deployment> find_deployment(SQLite::Database& connection, std::int64_t id) {
  return first(query(connection, std::string(kSelect) + "WHERE id = ?", id), read_deployment);
}

std::optional<Deployment> find_open_deployment(SQLite::Database& connection, std::int64_t server_id,
                                               std::int64_t version_id) {
  return first(query(connection,
                     std::string(kSelect) + "WHERE server_id = ? AND version_id = ?"
                                            " AND state <> 'verified' AND state <> 'rolled_back'"
                                            " AND state <> 'failed'",
                     server_id, version_id),
               read_deployment);
}

std::optional<Deployment> find_last_deployment(SQLite::Database& connection, std::int64_t certificate_id,
                                               std::int64_t server_id) {
  return first(
      query(connection,
            std::string(kSelect) + "WHERE server_id = ? AND certificate_id = ? ORDER BY id DESC LIMIT 1",
            server_id, certificate_id),
      read_deployment);
}

std::vector<Deployment> find_abandoned(SQLite::Database& connection, std::int64_t certificate_id,
                                       std::int64_t server_id, std::int64_t before_version_id) {
  auto open = all(query(connection,
                        std::string(kSelect) + "WHERE server_id = ? AND version_id < ?"
                                               " AND state <> 'verified' AND state <> 'rolled_back'"
                                               " AND state <> 'failed' AND certificate_id = ?",
                        server_id, before_version_id, certificate_id),
                  read_deployment);
  std::erase_if(open, [&](const Deployment& deployment) {
    return has_live_lease(connection, {TaskKind::deployment, deployment.id});
  });
  return open;
}

void update_deployment(SQLite::Database& connection, const Deployment& deployment, Instant now) {
  const int changed =
      execute(connection,
              "UPDATE deployments SET state = ?, wake_at = ?, entered_at = ?, payload = ?, revision = ?"
              " WHERE id = ? AND revision = ?",
              name_of(deployment.state), deployment.wake_at, deployment.entered_at,
              encode_deployment(deployment), deployment.revision, deployment.id, deployment.revision - 1);
  if (changed == 0) {
    throw Failure(conflict(row_name(deployment.id), "another process saved it after it was read"));
  }
  const TaskRef task{TaskKind::deployment, deployment.id};
  if (is_final(deployment.state)) {
    end_task(connection, task);
    wake_watch(connection, deployment.server_id, now);
  } else {
    move_task(connection, task, deployment.wake_at);
  }
}

void check_deployments(SQLite::Database& connection, const std::function<void(const std::string&)>& report) {
  check_rows(query(connection, std::string(kSelect) + "ORDER BY id"), read_deployment, report);
}

}  // namespace certmgr::store
