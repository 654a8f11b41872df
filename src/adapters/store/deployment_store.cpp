// SPDX-License-Identifier: MIT
#include "adapters/store/deployment_store.h"

#include "adapters/store/deployment_codec.h"
#include "adapters/store/deployment_rows.h"
#include "adapters/store/event_chain.h"
#include "adapters/store/server_rows.h"
#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"
#include "adapters/store/version_rows.h"

namespace certmgr::store {
namespace {

/// A newer version makes work on an older one pointless. What a killed process left half way is taken over:
/// the kept old files stay those from before. One that somebody works on is finished first: they share a
/// lane.
void supersede(SQLite::Database& connection, const Version& version, std::int64_t server_id,
               const EventDraft& event, Instant now) {
  for (Deployment old : find_abandoned(connection, version.certificate_id, server_id, version.id)) {
    const std::string by = "version " + std::to_string(version.number) + " is to be deployed instead";
    old.state = DeployFailed{Trouble{.kind = TroubleKind::permanent,
                                     .code = "superseded",
                                     .what = "gave up deployment " + std::to_string(old.id),
                                     .why = by,
                                     .hint = "nothing needs to be done",
                                     .detail = {},
                                     .retry_at = {}}};
    old.entered_at = now;
    ++old.revision;
    update_deployment(connection, old, now);
    append_event(connection,
                 EventDraft{"deployment.failed",
                            event.subject,
                            {{"code", "superseded"}, {"deployment", std::to_string(old.id)}, {"why", by}}},
                 now);
  }
}

/// Nobody asked for it: the watch found it necessary.
bool is_our_own_idea(const Deployment& deployment) {
  return deployment.reason == "retry" || deployment.reason == "repair";
}

/// Between the decision and now a newer version may have come. Deployed after it, the old one would stay.
void refuse_unless_current(SQLite::Database& connection, const Version& version) {
  const auto current = current_version(connection, version.certificate_id);
  if (!current || current->id != version.id)
    throw Failure(conflict("version " + std::to_string(version.id), "a newer version came meanwhile"));
}

}  // namespace

Deployment SqliteDeploymentStore::open_deployment(const Deployment& deployment, const EventDraft& event) {
  const std::string doing = "open a deployment of version " + std::to_string(deployment.version_id) +
                            " on server " + std::to_string(deployment.server_id);
  return database_.write(doing, [&](SQLite::Database& connection) {
    if (auto known = find_open_deployment(connection, deployment.server_id, deployment.version_id))
      return *known;
    const auto version = find_version(connection, deployment.version_id);
    if (!version) throw Failure(misuse("cannot " + doing, "there is no such version"));
    if (is_our_own_idea(deployment)) refuse_unless_current(connection, *version);
    const Instant now = clock_.now();
    supersede(connection, *version, deployment.server_id, event, now);
    Deployment opened = deployment;
    opened.revision = 1;
    execute(connection,
            "INSERT INTO deployments (certificate_id, version_id, server_id, state, wake_at, created_at, "
            "entered_at,"
            " revision, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            version->certificate_id, opened.version_id, opened.server_id, name_of(opened.state),
            opened.wake_at, opened.created_at, opened.entered_at, opened.revision, encode_deployment(opened));
    opened.id = connection.getLastInsertRowid();
    add_task(connection, {TaskKind::deployment, opened.id}, lane_of_server(connection, opened.server_id),
             "deploy", opened.wake_at);
    append_event(connection, event, now);
    return opened;
  });
}

std::optional<Deployment> SqliteDeploymentStore::deployment(std::int64_t id) {
  return database_.read("read deployment " + std::to_string(id),
                        [&](SQLite::Database& connection) { return find_deployment(connection, id); });
}

Deployment SqliteDeploymentStore::save_deployment(const Deployment& deployment, const EventDraft& event) {
  return database_.write("save deployment " + std::to_string(deployment.id),
                         [&](SQLite::Database& connection) {
                           const Instant now = clock_.now();
                           Deployment saved = deployment;
                           ++saved.revision;
                           update_deployment(connection, saved, now);
                           append_event(connection, event, now);
                           return saved;
                         });
}

std::optional<Deployment> SqliteDeploymentStore::last_deployment(std::int64_t certificate_id,
                                                                 std::int64_t server_id) {
  return database_.read("read the last deployment on server " + std::to_string(server_id),
                        [&](SQLite::Database& connection) {
                          return find_last_deployment(connection, certificate_id, server_id);
                        });
}

}  // namespace certmgr::store
