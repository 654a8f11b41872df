// SPDX-License-Identifier: MIT
#include "adapters/store/renewal_info_store.h"

#include "adapters/store/event_chain.h"
#include "adapters/store/renewal_info_rows.h"
#include "adapters/store/renewal_rows.h"
#include "adapters/store/sql.h"
#include "adapters/store/version_rows.h"

namespace certmgr::store {

std::optional<SuggestedRenewal> SqliteRenewalInfoStore::suggested(std::int64_t version_id) {
  return database_.read(
      "read when version " + std::to_string(version_id) + " is to be renewed",
      [&](SQLite::Database& connection) { return find_suggestion(connection, version_id); });
}

SuggestedRenewal SqliteRenewalInfoStore::save_suggestion(std::int64_t version_id, const RenewalInfo& info,
                                                         double chance, EventDraft event) {
  const std::string doing = "note when version " + std::to_string(version_id) + " is to be renewed";
  return database_.write(doing, [&](SQLite::Database& connection) {
    const auto version = find_version(connection, version_id);
    if (!version) throw Failure(misuse("cannot " + doing, "there is no such version"));
    const Instant now = clock_.now();
    const auto known = find_suggestion(connection, version_id);
    if (known && known->info == info) return *known;
    SuggestedRenewal kept = take_suggestion(known, version_id, info, now, chance);
    put_suggestion(connection, kept);
    wake_renewal(connection, version->certificate_id, now);
    event.data["renew_at"] = to_rfc3339(kept.renew_at);
    append_event(connection, event, now);
    return kept;
  });
}

std::optional<Instant> SqliteRenewalInfoStore::ask_at(std::int64_t certificate_id) {
  return database_.read(
      "read when the CA is asked about certificate " + std::to_string(certificate_id),
      [&](SQLite::Database& connection) { return renewal_info_due(connection, certificate_id); });
}

void SqliteRenewalInfoStore::ask_again(std::int64_t certificate_id, Instant at) {
  // Asked too early after a power cut, the CA gives the same answer.
  database_.write(
      "put off asking when certificate " + std::to_string(certificate_id) + " is to be renewed",
      [&](SQLite::Database& connection) { move_renewal_info(connection, certificate_id, at); },
      Durability::relaxed);
}

std::vector<ExplainedRenewal> SqliteRenewalInfoStore::explained(int limit) {
  return database_.read("list the reasons of CAs to renew", [&](SQLite::Database& connection) {
    return explained_suggestions(connection, limit);
  });
}

}  // namespace certmgr::store
