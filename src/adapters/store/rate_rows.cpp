// SPDX-License-Identifier: MIT
#include "adapters/store/rate_rows.h"

#include "adapters/store/sql.h"
#include "certmgr/domain/rate_settlement.h"

namespace certmgr::store {
namespace {

constexpr int kVersion = 1;

std::string place_of(const AccountPlace& at, const Bucket& bucket) {
  return counted_at(at, is_per_account(bucket.kind));
}

struct Reservation {
  AccountPlace at;
  Demand demand;
};

json buckets_json(const std::vector<Bucket>& buckets) {
  json list = json::array();
  for (const auto& bucket : buckets)
    list.push_back(
        {{"kind", to_string(bucket.kind)}, {"subject", bucket.subject}, {"rate", to_string(bucket.rate)}});
  return list;
}

std::vector<Bucket> buckets_in(const json& list) {
  std::vector<Bucket> buckets;
  for (const json& entry : list) {
    const auto kind = parse_limit_kind(entry.at("kind").get<std::string>());
    const auto rate = parse_rate(entry.at("rate").get<std::string>());
    if (!kind || !rate) throw BadPayload("unknown rate limit " + entry.dump());
    buckets.push_back({*kind, entry.at("subject"), *rate});
  }
  return buckets;
}

std::optional<Reservation> find_reservation(SQLite::Database& connection, std::int64_t order_id) {
  const auto payload =
      first(query(connection, "SELECT payload FROM rate_reservations WHERE order_id = ?", order_id),
            [](SQLite::Statement& row) { return row.getColumn(0).getString(); });
  if (!payload) return std::nullopt;
  Reservation reservation;
  decode_row("what order " + std::to_string(order_id) + " took from the CA's rate limits", [&] {
    const json value = parse_payload(*payload, kVersion);
    reservation.at = {value.at("ca"), value.value("account", std::string())};
    reservation.demand = {buckets_in(value.at("taken")), buckets_in(value.at("failures"))};
  });
  return reservation;
}

void give_back(SQLite::Database& connection, const Reservation& reservation) {
  for (const auto& bucket : reservation.demand.taken) {
    if (!counts_certificates(bucket.kind)) continue;
    if (const auto full_at = bucket_full_at(connection, reservation.at, bucket))
      put_bucket(connection, reservation.at, bucket, give_back_one(bucket.rate, *full_at));
  }
}

void count_failure(SQLite::Database& connection, const Reservation& reservation,
                   const std::string& identifier, Instant now) {
  for (const auto& bucket : reservation.demand.failures) {
    if (bucket.subject != identifier) continue;
    const auto full_at = bucket_full_at(connection, reservation.at, bucket);
    put_bucket(connection, reservation.at, bucket, take_one(bucket.rate, full_at, now));
  }
}

void end_failures_in_a_row(SQLite::Database& connection, const Reservation& reservation) {
  for (const auto& bucket : reservation.demand.failures) {
    if (bucket.kind != LimitKind::consecutive_failures) continue;
    execute(connection, "DELETE FROM rate_buckets WHERE ca = ? AND kind = ? AND subject = ?",
            place_of(reservation.at, bucket), to_string(bucket.kind), bucket.subject);
  }
}

}  // namespace

std::string counted_at(const AccountPlace& at, bool per_account) {
  return per_account && !at.name.empty() ? at.directory_url + " " + at.name : at.directory_url;
}

std::optional<Instant> bucket_full_at(SQLite::Database& connection, const AccountPlace& at,
                                      const Bucket& bucket) {
  return first(query(connection, "SELECT full_at FROM rate_buckets WHERE ca = ? AND kind = ? AND subject = ?",
                     place_of(at, bucket), to_string(bucket.kind), bucket.subject),
               [](SQLite::Statement& row) { return instant(row.getColumn(0).getInt64()); });
}

void put_bucket(SQLite::Database& connection, const AccountPlace& at, const Bucket& bucket, Instant full_at) {
  execute(connection,
          "INSERT INTO rate_buckets (ca, kind, subject, full_at) VALUES (?, ?, ?, ?)"
          " ON CONFLICT (ca, kind, subject) DO UPDATE SET full_at = excluded.full_at",
          place_of(at, bucket), to_string(bucket.kind), bucket.subject, full_at);
}

bool has_reservation(SQLite::Database& connection, std::int64_t order_id) {
  return query(connection, "SELECT 1 FROM rate_reservations WHERE order_id = ?", order_id).executeStep();
}

void add_reservation(SQLite::Database& connection, std::int64_t order_id, const AccountPlace& at,
                     const Demand& demand) {
  const json value{{"v", kVersion},
                   {"ca", at.directory_url},
                   {"account", at.name},
                   {"taken", buckets_json(demand.taken)},
                   {"failures", buckets_json(demand.failures)}};
  execute(connection, "INSERT INTO rate_reservations (order_id, payload) VALUES (?, ?)", order_id,
          dump(value));
}

void settle_reservation(SQLite::Database& connection, const Order& ended, Instant now) {
  const auto reservation = find_reservation(connection, ended.id);
  if (!reservation) return;
  const Settlement settlement = settlement_of(ended);
  if (settlement.give_back) give_back(connection, *reservation);
  if (settlement.begin_anew) end_failures_in_a_row(connection, *reservation);
  if (settlement.failed) count_failure(connection, *reservation, *settlement.failed, now);
  execute(connection, "DELETE FROM rate_reservations WHERE order_id = ?", ended.id);
}

}  // namespace certmgr::store
