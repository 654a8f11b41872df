// SPDX-License-Identifier: MIT
#include "adapters/store/renewal_store.h"

#include "adapters/store/event_chain.h"
#include "adapters/store/renewal_rows.h"
#include "adapters/store/sql.h"

namespace certmgr::store {

std::optional<Renewal> SqliteRenewalStore::renewal(std::int64_t certificate_id) {
  return database_.read(
      "read the renewal of certificate " + std::to_string(certificate_id),
      [&](SQLite::Database& connection) { return find_renewal(connection, certificate_id); });
}

void SqliteRenewalStore::save_renewal(const Renewal& renewal, const std::optional<EventDraft>& event) {
  // Everything in it is found out again from the orders: only what people read must survive a power cut.
  database_.write(
      "save the renewal of certificate " + std::to_string(renewal.certificate_id),
      [&](SQLite::Database& connection) {
        update_renewal(connection, renewal);
        if (event) append_event(connection, *event, clock_.now());
      },
      event ? Durability::full : Durability::relaxed);
}

}  // namespace certmgr::store
