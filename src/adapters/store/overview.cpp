// SPDX-License-Identifier: MIT
#include "adapters/store/overview.h"

#include <SQLiteCpp/Transaction.h>

#include "adapters/store/order_rows.h"
#include "adapters/store/renewal_rows.h"
#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"

namespace certmgr::store {
namespace {

// What the numbers are made of. Each is answered by an index, or by the range of one kind in the primary
// key of `tasks`; overview_test.cpp asks SQLite for its plans.
constexpr const char* kCertificates = "SELECT count FROM counts WHERE name = 'certificates'";
constexpr const char* kRenewals = "SELECT state, count(*) FROM renewals GROUP BY state";
constexpr const char* kWatches = "SELECT state, count(*) FROM watches GROUP BY state";
constexpr const char* kOpenOrders =
    "SELECT state, count(*) FROM orders WHERE state <> 'issued' AND state <> 'quarantined' AND state <> "
    "'failed'"
    " AND state <> 'withdrawn'"
    " GROUP BY state";
constexpr const char* kTroubledOrders =
    "SELECT count(*) FROM orders INDEXED BY orders_open"
    " WHERE state <> 'issued' AND state <> 'quarantined' AND state <> 'failed'"
    " AND state <> 'withdrawn'"
    " AND json_extract(payload, '$.last_trouble.code') IS NOT NULL";
constexpr const char* kWaiting = "SELECT count(*) FROM tasks WHERE kind = ?";
constexpr const char* kCleanups =
    "SELECT sum(n), min(subject_id) FROM ("
    "SELECT count(*) AS n, min(subject_id) AS subject_id FROM tasks INDEXED BY tasks_waiting"
    " WHERE lease_owner IS NULL AND party = 'cleanup' UNION ALL "
    "SELECT count(*), min(subject_id) FROM tasks INDEXED BY tasks_leased"
    " WHERE lease_owner IS NOT NULL AND party = 'cleanup')";
constexpr const char* kLabelOfOrder =
    "SELECT c.label FROM orders o JOIN certificates c ON c.id = o.certificate_id WHERE o.id = ?";
constexpr const char* kLeased =
    "SELECT kind, count(*) FROM tasks INDEXED BY tasks_leased WHERE lease_owner IS NOT NULL GROUP BY kind";
// From party to party through the index, instead of past every task.
constexpr const char* kParties =
    "WITH RECURSIVE next (party) AS ("
    " SELECT min(party) FROM tasks WHERE lease_owner IS NULL"
    " UNION ALL SELECT (SELECT min(party) FROM tasks WHERE lease_owner IS NULL AND party > next.party)"
    " FROM next WHERE next.party IS NOT NULL)"
    " SELECT party FROM next WHERE party IS NOT NULL";
constexpr const char* kDue =
    "SELECT count(*), min(due_at) FROM tasks WHERE lease_owner IS NULL AND party = ? AND due_at <= ?";
constexpr const char* kNotDue =
    "SELECT min(due_at) FROM tasks WHERE lease_owner IS NULL AND party = ? AND due_at > ?";
constexpr const char* kNextRenewal = "SELECT min(renew_at) FROM renewals WHERE renew_at > ?";
constexpr const char* kExpired = "SELECT count(*) FROM renewals WHERE not_after <= ?";
constexpr const char* kOpenAlarms = "SELECT count(*) FROM alarms WHERE cleared_at IS NULL";
constexpr const char* kPastAlarms = "SELECT count(*) FROM alarms WHERE cleared_at IS NOT NULL";
// More than half of the way from renew_at to not_after is behind us. With min(), SQLite takes the other
// columns from the row that has it.
constexpr const char* kNeglected =
    "SELECT count(*), certificate_id, min(not_after) FROM renewals"
    " WHERE renew_at <= ?1 AND renew_at + not_after < 2 * ?1";
constexpr const char* kLabel = "SELECT label FROM certificates WHERE id = ?";

constexpr const char* kLines =
    "SELECT c.label, json_extract(c.payload, '$.ca'), coalesce(r.state, 'new'), r.not_after, r.renew_at"
    " FROM certificates c LEFT JOIN renewals r ON r.certificate_id = c.id";
constexpr const char* kLinesAfter = " WHERE c.label > ? ORDER BY c.label LIMIT ?";
constexpr const char* kLineOf = " WHERE c.id = ?";
// Two ordered ranges of one index, merged.
constexpr const char* kTroubled =
    "SELECT certificate_id, not_after FROM renewals WHERE state = 'failing' UNION ALL"
    " SELECT certificate_id, not_after FROM renewals WHERE state = 'parked' UNION ALL"
    " SELECT certificate_id, (SELECT not_after FROM renewals r WHERE r.certificate_id = "
    "orders.certificate_id)"
    " FROM orders INDEXED BY orders_open"
    " WHERE state <> 'issued' AND state <> 'quarantined' AND state <> 'failed'"
    " AND state <> 'withdrawn'"
    " AND json_extract(payload, '$.last_trouble.code') IS NOT NULL ORDER BY 2 LIMIT ?";

std::optional<Instant> maybe_instant(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional(instant(column.getInt64()));
}

void keep_earlier(std::optional<Instant>& known, const std::optional<Instant>& other) {
  if (other && (!known || *other < *known)) known = other;
}

std::int64_t count(Query statement) {
  statement.executeStep();
  return statement.getColumn(0).getInt64();
}

std::map<std::string, std::int64_t> count_by_word(Query statement) {
  std::map<std::string, std::int64_t> counts;
  while (statement.executeStep())
    counts[statement.getColumn(0).getString()] = statement.getColumn(1).getInt64();
  return counts;
}

void count_waiting(SQLite::Database& connection, OverviewNumbers& numbers) {
  for (const TaskKind kind : kTaskKinds) {
    if (const auto waiting = count(query(connection, kWaiting, to_string(kind))); waiting > 0)
      numbers.waiting[std::string(to_string(kind))] = waiting;
  }
}

void look_at_tasks(SQLite::Database& connection, Instant now, OverviewGlance& numbers) {
  numbers.in_work = count_by_word(query(connection, kLeased));
  for (const auto& [kind, tasks] : numbers.in_work) numbers.leased += tasks;
  auto parties = query(connection, kParties);
  while (parties.executeStep()) {
    const std::string party = parties.getColumn(0).getString();
    auto due = query(connection, kDue, party, now);
    due.executeStep();
    numbers.due[party] = due.getColumn(0).getInt64();
    if (const auto since = maybe_instant(due.getColumn(1))) {
      numbers.due_since[party] = *since;
      keep_earlier(numbers.oldest_due, since);
    }
    auto later = query(connection, kNotDue, party, now);
    later.executeStep();
    keep_earlier(numbers.next_due, maybe_instant(later.getColumn(0)));
  }
}

void count_cleanups(SQLite::Database& connection, OverviewNumbers& numbers) {
  auto cleanups = query(connection, kCleanups);
  cleanups.executeStep();
  numbers.cleanups = cleanups.getColumn(0).getInt64();
  if (numbers.cleanups == 0) return;
  numbers.cleanup_label = first(query(connection, kLabelOfOrder, cleanups.getColumn(1).getInt64()),
                                [](SQLite::Statement& row) { return row.getColumn(0).getString(); });
}

void count_neglected(SQLite::Database& connection, Instant now, OverviewNumbers& numbers) {
  auto neglected = query(connection, kNeglected, now);
  neglected.executeStep();
  numbers.neglected = neglected.getColumn(0).getInt64();
  if (numbers.neglected == 0) return;
  numbers.neglected_label = first(query(connection, kLabel, neglected.getColumn(1).getInt64()),
                                  [](SQLite::Statement& row) { return row.getColumn(0).getString(); });
}

void look(SQLite::Database& connection, Instant now, OverviewGlance& numbers) {
  numbers.certificates = count(query(connection, kCertificates));
  numbers.open_alarms = count(query(connection, kOpenAlarms));
  auto renewal = query(connection, kNextRenewal, now);
  renewal.executeStep();
  numbers.next_renewal = maybe_instant(renewal.getColumn(0));
  look_at_tasks(connection, now, numbers);
}

OverviewNumbers count_all(SQLite::Database& connection, Instant now) {
  OverviewNumbers numbers;
  look(connection, now, numbers);
  numbers.renewals = count_by_word(query(connection, kRenewals));
  numbers.watches = count_by_word(query(connection, kWatches));
  numbers.open_orders = count_by_word(query(connection, kOpenOrders));
  numbers.troubled_orders = count(query(connection, kTroubledOrders));
  numbers.expired = count(query(connection, kExpired, now));
  numbers.past_alarms = count(query(connection, kPastAlarms));
  count_waiting(connection, numbers);
  count_cleanups(connection, numbers);
  count_neglected(connection, now, numbers);
  return numbers;
}

CertificateLine read_line(SQLite::Statement& row) {
  return {row.getColumn(0).getString(), row.getColumn(1).getString(), row.getColumn(2).getString(),
          maybe_instant(row.getColumn(3)), maybe_instant(row.getColumn(4))};
}

TroubledCertificate troubled_one(SQLite::Database& connection, std::int64_t certificate_id) {
  TroubledCertificate troubled;
  if (auto line = first(query(connection, std::string(kLines) + kLineOf, certificate_id), read_line))
    troubled.line = std::move(*line);
  if (auto renewal = find_renewal(connection, certificate_id)) {
    troubled.failures = renewal->failures;
    troubled.wake_at = renewal->wake_at;
    troubled.trouble = std::move(renewal->trouble);
  }
  if (auto order = find_open_order(connection, certificate_id); order && order->last_trouble) {
    troubled.wake_at = order->wake_at;
    troubled.trouble = std::move(order->last_trouble);
  }
  return troubled;
}

}  // namespace

std::vector<std::string> glance_statements() {
  return {kCertificates, kOpenAlarms, kNextRenewal, kLeased, kParties, kDue, kNotDue};
}

std::vector<std::string> overview_statements() {
  return {kRenewals,
          kWatches,
          kOpenOrders,
          kTroubledOrders,
          kWaiting,
          kCleanups,
          kLabelOfOrder,
          kExpired,
          kPastAlarms,
          kNeglected,
          kLabel,
          std::string(kLines) + kLinesAfter,
          std::string(kLines) + kLineOf,
          kTroubled};
}

OverviewNumbers SqliteOverview::numbers(Instant now) {
  return database_.read("count what is in the store", [&](SQLite::Database& connection) {
    SQLite::Transaction snapshot(connection);  // the numbers fit together
    return count_all(connection, now);
  });
}

OverviewGlance SqliteOverview::glance(Instant now) {
  return database_.read("look at how the work stands", [&](SQLite::Database& connection) {
    SQLite::Transaction snapshot(connection);
    OverviewGlance seen;
    look(connection, now, seen);
    return seen;
  });
}

std::vector<CertificateLine> SqliteOverview::lines(const std::string& after, int limit) {
  return database_.read("list the certificates", [&](SQLite::Database& connection) {
    return all(query(connection, std::string(kLines) + kLinesAfter, after, limit), read_line);
  });
}

std::vector<TroubledCertificate> SqliteOverview::troubled(int limit) {
  return database_.read("list the certificates in trouble", [&](SQLite::Database& connection) {
    SQLite::Transaction snapshot(connection);
    std::vector<TroubledCertificate> found;
    auto rows = query(connection, kTroubled, limit);
    while (rows.executeStep()) found.push_back(troubled_one(connection, rows.getColumn(0).getInt64()));
    return found;
  });
}

}  // namespace certmgr::store
