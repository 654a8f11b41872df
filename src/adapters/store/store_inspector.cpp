// SPDX-License-Identifier: MIT
#include "adapters/store/store_inspector.h"

#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <functional>

#include "adapters/store/alarm_rows.h"
#include "adapters/store/certificate_rows.h"
#include "adapters/store/deployment_rows.h"
#include "adapters/store/enrollment_rows.h"
#include "adapters/store/event_chain.h"
#include "adapters/store/key_rows.h"
#include "adapters/store/order_rows.h"
#include "adapters/store/organization_rows.h"
#include "adapters/store/server_rows.h"
#include "adapters/store/sql.h"
#include "adapters/store/watch_rows.h"

namespace certmgr::store {
namespace {

using Report = std::function<void(const std::string&)>;

/// A damaged page must not keep the other checks from being made.
void examine(const std::string& what, const Report& report, const std::function<void()>& work) {
  try {
    work();
  } catch (const SQLite::Exception& error) {
    const int code = error.getErrorCode() & 0xFF;
    if (code != SQLITE_CORRUPT && code != SQLITE_NOTADB) throw;
    report(what + ": " + error.what());
  }
}

std::int64_t count(SQLite::Database& connection, const std::string& table) {
  return connection.execAndGet("SELECT count(*) FROM " + table).getInt64();
}

/// `counts` follows the table by triggers, which an edit by hand (INSERT OR REPLACE) may pass by.
void check_count(SQLite::Database& connection, std::int64_t certificates, const Report& report) {
  auto row = query(connection, "SELECT count FROM counts WHERE name = 'certificates'");
  const std::string kept = row.executeStep() ? row.getColumn(0).getString() : "none";
  if (kept != std::to_string(certificates))
    report("counts: there are " + std::to_string(certificates) + " certificates, but " + kept +
           " in the table counts");
}

void check_file(SQLite::Database& connection, const Report& report) {
  auto integrity = query(connection, "PRAGMA integrity_check");
  while (integrity.executeStep()) {
    const std::string line = integrity.getColumn(0).getString();
    if (line != "ok") report("file: " + line);
  }
  auto references = query(connection, "PRAGMA foreign_key_check");
  while (references.executeStep()) {
    report("table " + references.getColumn(0).getString() + ", row " + references.getColumn(1).getString() +
           ": names a row of " + references.getColumn(2).getString() + " that is not there");
  }
}

/// Reports `text` with the first column of each row.
void report_rows(SQLite::Database& connection, const Report& report, const std::string& text,
                 const std::string& sql) {
  auto rows = query(connection, sql);
  while (rows.executeStep()) report(text + " " + rows.getColumn(0).getString());
}

void check_keys(SQLite::Database& connection, const SealedKeyring& keyring, const Report& report) {
  auto rows = query(connection, std::string("SELECT ") + kKeyColumns + " FROM keys ORDER BY id");
  while (rows.executeStep()) {
    try {
      const auto key = read_key(rows.row());
      if (is_elsewhere(key)) continue;
      const auto opened = keyring.open(key);
      if (!opened) report(opened.error().message());
    } catch (const Failure& failure) {
      report(failure.trouble().message());
    }
  }
  report_rows(
      connection, report, "no account, version or order uses key",
      "SELECT id FROM keys WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE keys.id IN (key_id, next_key_id))"
      " AND NOT EXISTS (SELECT 1 FROM versions WHERE key_id = keys.id)"
      " AND NOT EXISTS (SELECT 1 FROM orders WHERE key_id = keys.id) ORDER BY id");
  report_rows(
      connection, report, "the private key is missing of version",
      "SELECT id FROM versions WHERE NOT EXISTS (SELECT 1 FROM keys WHERE id = versions.key_id) ORDER BY id");
}

/// Every row that waits has a task, and no task waits for what is over.
struct Waiting {
  std::string kind;
  std::string table;
  std::string over;     // nothing will ever happen to it
  std::string settled;  // and nothing is left to be tidied up
};

void check_tasks(SQLite::Database& connection, const Report& report, const Waiting& waiting) {
  report_rows(connection, report, "nothing will ever work on the open " + waiting.kind,
              "SELECT id FROM " + waiting.table + " WHERE NOT (" + waiting.over +
                  ") AND NOT EXISTS (SELECT 1 FROM tasks WHERE kind = '" + waiting.kind +
                  "' AND subject_id = " + waiting.table + ".id) ORDER BY id");
  report_rows(connection, report, "a task waits for a missing or finished " + waiting.kind + ",",
              "SELECT subject_id FROM tasks WHERE kind = '" + waiting.kind +
                  "' AND NOT EXISTS (SELECT 1 FROM " + waiting.table +
                  " WHERE id = tasks.subject_id AND NOT (" + waiting.settled + ")) ORDER BY subject_id");
}

void check_all_tasks(SQLite::Database& connection, const Report& report) {
  const std::string order_over = "state IN ('issued', 'quarantined', 'failed', 'withdrawn')";
  // The task of an order that is over stays until what it published has been withdrawn.
  const std::string nothing_left =
      "CASE WHEN json_valid(payload) THEN json_array_length(payload, '$.published') = 0"
      " AND coalesce(json_array_length(payload, '$.leftovers'), 0) = 0 ELSE 0 END";
  check_tasks(connection, report, {"order", "orders", order_over, order_over + " AND " + nothing_left});
  const std::string deployment_over = "state IN ('verified', 'rolled_back', 'failed')";
  check_tasks(connection, report, {"deployment", "deployments", deployment_over, deployment_over});
  const std::string enrollment_over = "state IN ('issued', 'denied', 'withdrawn', 'expired', 'failed')";
  check_tasks(connection, report, {"enrollment", "enrollments", enrollment_over, enrollment_over});
  const std::string delivery_over = "state <> 'waiting'";
  check_tasks(connection, report, {"delivery", "deliveries", delivery_over, delivery_over});
  report_rows(connection, report, "nothing will ever remove the past alarm",
              "SELECT id FROM alarms WHERE cleared_at IS NOT NULL AND NOT EXISTS"
              " (SELECT 1 FROM tasks WHERE kind = 'pruning') ORDER BY id");
  report_rows(connection, report, "nobody looks at the clocks of organization",
              "SELECT DISTINCT organization_id FROM organization_validations v WHERE state IN"
              " ('in_vetting', 'validated', 'expiring') AND NOT EXISTS (SELECT 1 FROM tasks"
              " WHERE kind = 'organization' AND subject_id = v.organization_id)"
              " AND EXISTS (SELECT 1 FROM organizations WHERE id = organization_id AND removed_at IS NULL)"
              " ORDER BY organization_id");
  report_rows(connection, report, "nobody looks after server",
              "SELECT DISTINCT server_id FROM certificate_servers c WHERE NOT EXISTS"
              " (SELECT 1 FROM watches w JOIN tasks t ON t.kind = 'watch' AND t.subject_id = w.server_id"
              " WHERE w.server_id = c.server_id) ORDER BY server_id");
  report_rows(connection, report, "the CA will not be asked about certificate",
              "SELECT DISTINCT certificate_id FROM versions v WHERE quarantined = 0 AND NOT EXISTS"
              " (SELECT 1 FROM tasks WHERE kind = 'revocation' AND subject_id = v.certificate_id)"
              " ORDER BY certificate_id");
}

}  // namespace

StoreHealth SqliteStoreInspector::check() {
  return database_.read("check the store", [&](SQLite::Database& connection) {
    StoreHealth health;
    const Report report = [&](const std::string& finding) { health.findings.push_back(finding); };
    // One snapshot: what others write meanwhile must not look like damage.
    SQLite::Transaction snapshot(connection);
    examine("file", report, [&] { check_file(connection, report); });
    examine("counts", report, [&] {
      health.schema_version = schema_version(connection);
      health.certificates = count(connection, "certificates");
      check_count(connection, health.certificates, report);
      health.keys = count(connection, "keys");
    });
    examine("event log", report, [&] {
      const EventLogReport chain = verify_chain(connection);
      health.events = chain.events;
      if (chain.finding) report(*chain.finding);
    });
    examine("keys", report, [&] { check_keys(connection, keyring_, report); });
    examine("certificates", report, [&] { check_certificates(connection, report); });
    examine("servers", report, [&] { check_servers(connection, report); });
    examine("orders", report, [&] { check_orders(connection, report); });
    examine("deployments", report, [&] { check_deployments(connection, report); });
    examine("organizations", report, [&] { check_organizations(connection, report); });
    examine("enrollments", report, [&] { check_enrollments(connection, report); });
    examine("watches", report, [&] { check_watches(connection, report); });
    examine("alarms", report, [&] { check_alarms(connection, report); });
    examine("tasks", report, [&] { check_all_tasks(connection, report); });
    return health;
  });
}

}  // namespace certmgr::store
