// SPDX-License-Identifier: MIT
#include "adapters/store/renewal_store.h"

#include "adapters/store/event_chain.h"
#include "adapters/store/order_writer.h"
#include "adapters/store/renewal_rows.h"
#include "adapters/store/sql.h"
#include "platform/process_identity.h"

namespace certmgr::store {

SqliteRenewalStore::SqliteRenewalStore(Database& database, Clock& clock)
    : database_(database), clock_(clock), owner_(platform::process_identity()) {}

std::optional<Renewal> SqliteRenewalStore::renewal(std::int64_t certificate_id) {
  return database_.read(
      "read the renewal of certificate " + std::to_string(certificate_id),
      [&](SQLite::Database& connection) { return find_renewal(connection, certificate_id); });
}

void SqliteRenewalStore::save_renewal(const Save& save) {
  // The rest is found out again from the orders: only what people read and what was ordered must survive a
  // power cut.
  const bool durable = save.event || save.opens;
  database_.write(
      "save the renewal of certificate " + std::to_string(save.renewal.certificate_id),
      [&](SQLite::Database& connection) {
        const Instant now = clock_.now();
        if (save.opens) insert_order(connection, save.opens->order, save.opens->event, now);
        update_renewal(connection, save.renewal, owner_);
        if (save.event) append_event(connection, *save.event, now);
      },
      durable ? Durability::full : Durability::relaxed);
}

}  // namespace certmgr::store
