// SPDX-License-Identifier: MIT
#include "adapters/store/certificate_removal.h"

#include "adapters/store/deployment_rows.h"
#include "adapters/store/enrollment_rows.h"
#include "adapters/store/key_rows.h"
#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"
#include "platform/process_identity.h"

namespace certmgr::store {
namespace {

[[noreturn]] void busy(const std::string& label, const std::string& why, const std::string& hint) {
  throw Failure({.kind = TroubleKind::waiting,
                 .code = "certificate_busy",
                 .what = "cannot change " + label,
                 .why = why,
                 .hint = hint});
}

/// Every task of the certificate; its id is ?1.
constexpr const char* kTasks =
    " FROM tasks WHERE (kind = 'order' AND subject_id IN (SELECT id FROM orders WHERE certificate_id = ?1))"
    " OR (kind = 'deployment' AND subject_id IN (SELECT id FROM deployments WHERE certificate_id = ?1))"
    " OR (kind = 'enrollment' AND subject_id IN (SELECT id FROM enrollments WHERE certificate_id = ?1))"
    " OR (kind IN ('renewal', 'revocation', 'renewal_info') AND subject_id = ?1)";

void refuse_leased(SQLite::Database& connection, std::int64_t id, const std::string& label) {
  const auto owners = all(query(connection, std::string("SELECT coalesce(lease_owner, '')") + kTasks, id),
                          [](SQLite::Statement& row) { return row.getColumn(0).getString(); });
  for (const auto& owner : owners) {
    if (owner.empty() || platform::process_is_dead(owner)) continue;
    busy(label, "it is being worked on by " + platform::describe_process(owner),
         "try again when that is over");
  }
}

void refuse_half_way(SQLite::Database& connection, std::int64_t id, const std::string& label) {
  const bool half_way = query(connection,
                              "SELECT 1 FROM deployments WHERE certificate_id = ? AND state NOT IN"
                              " ('pending', 'verified', 'rolled_back', 'failed') LIMIT 1",
                              id)
                            .executeStep();
  if (half_way)
    busy(label, "one of its deployments has replaced files and is not proven yet",
         "run 'certmgr deploy " + label + "', which finishes it, then try again");
}

}  // namespace

int remove_certificate_rows(SQLite::Database& connection, std::int64_t id, const std::string& label,
                            Instant now, EventBatch& events) {
  refuse_leased(connection, id, label);
  refuse_half_way(connection, id, label);
  if (const auto withdrawn = orphan_enrollments(connection, id, now)) events.append(*withdrawn, now);
  const auto keys = all(query(connection,
                              "SELECT key_id FROM versions WHERE certificate_id = ?1"
                              " UNION SELECT key_id FROM orders WHERE certificate_id = ?1"
                              " AND key_id IS NOT NULL",
                              id),
                        [](SQLite::Statement& row) { return row.getColumn(0).getString(); });
  execute(connection, std::string("DELETE") + kTasks, id);
  for (const char* table : {"revocations", "revocation_requests", "renewal_infos"})
    execute(connection,
            std::string("DELETE FROM ") + table +
                " WHERE version_id IN (SELECT id FROM versions WHERE certificate_id = ?)",
            id);
  for (const char* table : {"deployments", "orders"})
    execute(connection, std::string("DELETE FROM ") + table + " WHERE certificate_id = ?", id);
  const int versions = execute(connection, "DELETE FROM versions WHERE certificate_id = ?", id);
  for (const char* table : {"renewals", "certificate_servers"})
    execute(connection, std::string("DELETE FROM ") + table + " WHERE certificate_id = ?", id);
  if (execute(connection, "DELETE FROM certificates WHERE id = ?", id) == 0)
    throw Failure(conflict("certificate " + label, "it was removed meanwhile"));
  for (const auto& key : keys) drop_unused_key(connection, key);
  return versions;
}

void give_up_deployments(SQLite::Database& connection, std::int64_t certificate_id, std::int64_t server_id,
                         const std::string& label, Instant now) {
  auto last = find_last_deployment(connection, certificate_id, server_id);
  if (!last || is_final(last->state)) return;
  if (!std::holds_alternative<Pending>(last->state) ||
      has_live_lease(connection, {TaskKind::deployment, last->id}))
    busy(label, "its deployment to a server that it is to leave is under way",
         "try again when that is over, or run 'certmgr deploy " + label + "', which finishes it");
  last->state = DeployFailed{Trouble{.kind = TroubleKind::permanent,
                                     .code = "detached",
                                     .what = "gave up deployment " + std::to_string(last->id),
                                     .why = "the certificate was taken from the server",
                                     .hint = "nothing needs to be done"}};
  last->entered_at = now;
  ++last->revision;
  update_deployment(connection, *last, now);
}

}  // namespace certmgr::store
