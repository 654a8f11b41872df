// SPDX-License-Identifier: MIT
#include "adapters/store/rate_ledger.h"

#include <algorithm>

#include "adapters/store/rate_rows.h"
#include "adapters/store/sql.h"

namespace certmgr::store {
namespace {

std::vector<StandingBucket> standing(SQLite::Database& connection, const AccountPlace& at,
                                     const std::vector<Bucket>& buckets) {
  std::vector<StandingBucket> all;
  all.reserve(buckets.size());
  for (const auto& bucket : buckets) all.push_back({bucket, bucket_full_at(connection, at, bucket)});
  return all;
}

std::optional<RateLedger::Entry> read_entry(SQLite::Statement& row) {
  const auto kind = parse_limit_kind(row.getColumn(0).getString());
  if (!kind) return std::nullopt;
  return RateLedger::Entry{*kind, row.getColumn(1).getString(), instant(row.getColumn(2).getInt64())};
}

}  // namespace

std::optional<Shortage> SqliteRateLedger::reserve(std::int64_t order_id, const AccountPlace& at,
                                                  const Demand& demand, Instant now) {
  const auto work = [&](SQLite::Database& connection) -> std::optional<Shortage> {
    if (has_reservation(connection, order_id)) return std::nullopt;
    execute(connection, "DELETE FROM rate_buckets WHERE full_at <= ?", now);
    const auto taken = standing(connection, at, demand.taken);
    auto needed = standing(connection, at, demand.failures);
    needed.insert(needed.end(), taken.begin(), taken.end());
    if (auto shortage = shortage_in(needed, now)) return shortage;
    for (const auto& [bucket, full_at] : taken)
      put_bucket(connection, at, bucket, take_one(bucket.rate, full_at, now));
    add_reservation(connection, order_id, at, demand);
    return std::nullopt;
  };
  // A power cut may take it back; the CA counts itself.
  return database_.write("count an order at " + at.directory_url, work, Durability::relaxed);
}

std::optional<Shortage> SqliteRateLedger::take(const AccountPlace& at, const Bucket& bucket, Instant now) {
  const auto work = [&](SQLite::Database& connection) -> std::optional<Shortage> {
    const auto full_at = bucket_full_at(connection, at, bucket);
    if (auto shortage = shortage_in({{bucket, full_at}}, now)) return shortage;
    put_bucket(connection, at, bucket, take_one(bucket.rate, full_at, now));
    return std::nullopt;
  };
  return database_.write("count a request to " + at.directory_url, work, Durability::relaxed);
}

void SqliteRateLedger::mark_empty(const AccountPlace& at, const Bucket& bucket, Instant room_at) {
  const Instant full_at = emptied_until(bucket.rate, room_at);
  database_.write(
      "note a rate limit of " + at.directory_url,
      [&](SQLite::Database& connection) {
        const auto known = bucket_full_at(connection, at, bucket);
        if (!known || *known < full_at) put_bucket(connection, at, bucket, full_at);
      },
      Durability::relaxed);
}

std::vector<RateLedger::Entry> SqliteRateLedger::entries(const AccountPlace& at, Instant now) {
  return database_.read("read what was ordered of " + at.directory_url, [&](SQLite::Database& connection) {
    std::vector<Entry> found;
    auto rows = query(connection,
                      "SELECT kind, subject, full_at, ca FROM rate_buckets WHERE ca IN (?, ?) AND full_at > ?"
                      " ORDER BY kind, subject",
                      counted_at(at, false), counted_at(at, true), now);
    while (rows.executeStep()) {
      auto entry = read_entry(rows.row());
      // Of the usual account the two places are one.
      if (entry && rows.row().getColumn(3).getString() == counted_at(at, is_per_account(entry->kind)))
        found.push_back(std::move(*entry));
    }
    return found;
  });
}

}  // namespace certmgr::store
