// SPDX-License-Identifier: MIT
#include "adapters/store/renewal_rows.h"

#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"

namespace certmgr::store {
namespace {

constexpr int kVersion = 1;
constexpr const char* kParty = "renewal";

TaskRef task_of(std::int64_t certificate_id) { return {TaskKind::renewal, certificate_id}; }
std::string lane(std::int64_t certificate_id) { return lane_of("renewal", certificate_id); }

std::string encode(const Renewal& renewal) {
  return dump({{"v", kVersion},
               {"wake_at", to_json(renewal.wake_at)},
               {"failures", renewal.failures},
               {"judged_order", renewal.judged_order},
               {"trouble", to_json(renewal.trouble)}});
}

/// A row that no runner has saved yet says nothing but its version.
void decode(const std::string& payload, Renewal& renewal) {
  const json value = parse_payload(payload, kVersion);
  if (!value.contains("wake_at")) return;
  from_json(value.at("wake_at"), renewal.wake_at);
  renewal.failures = value.at("failures");
  renewal.judged_order = value.at("judged_order");
  from_json(value.at("trouble"), renewal.trouble);
}

std::optional<Instant> optional_instant(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional<Instant>(instant(column.getInt64()));
}

Renewal read_renewal(SQLite::Statement& row) {
  Renewal renewal;
  renewal.certificate_id = row.getColumn(0).getInt64();
  decode_row("the renewal of certificate " + std::to_string(renewal.certificate_id), [&] {
    const auto word = row.getColumn(1).getString();
    const auto state = parse_renewal_state(word);
    if (!state) throw BadPayload("unknown state \"" + word + "\"");
    renewal.state = *state;
    renewal.not_after = optional_instant(row.getColumn(2));
    renewal.renew_at = optional_instant(row.getColumn(3));
    decode(row.getColumn(4).getString(), renewal);
  });
  return renewal;
}

}  // namespace

void add_renewal(SQLite::Database& connection, std::int64_t certificate_id, Instant due) {
  execute(connection, "INSERT INTO renewals (certificate_id, state, payload) VALUES (?, 'new', '{\"v\":1}')",
          certificate_id);
  add_task(connection, task_of(certificate_id), lane(certificate_id), kParty, due);
}

void wake_renewal(SQLite::Database& connection, std::int64_t certificate_id, Instant at) {
  wake_task(connection, task_of(certificate_id), lane(certificate_id), kParty, at);
}

std::optional<Renewal> find_renewal(SQLite::Database& connection, std::int64_t certificate_id) {
  return first(query(connection,
                     "SELECT certificate_id, state, not_after, renew_at, payload FROM renewals"
                     " WHERE certificate_id = ?",
                     certificate_id),
               read_renewal);
}

void update_renewal(SQLite::Database& connection, const Renewal& renewal, const std::string& holder) {
  execute(connection,
          "UPDATE renewals SET state = ?, not_after = ?, renew_at = ?, payload = ? WHERE certificate_id = ?",
          to_string(renewal.state), renewal.not_after, renewal.renew_at, encode(renewal),
          renewal.certificate_id);
  give_back_task(connection, task_of(renewal.certificate_id), renewal.wake_at, holder);
}

}  // namespace certmgr::store
