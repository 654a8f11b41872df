// SPDX-License-Identifier: MIT
#pragma once

#include <SQLiteCpp/Statement.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/store/event_chain.h"
#include "certmgr/domain/fleet_plan.h"

namespace certmgr::store {

/// Carries out a plan change by change, with statements that are prepared once. Lives within one
/// transaction.
class FleetWriter {
 public:
  FleetWriter(SQLite::Database& connection, const Fleet& present, Instant now);
  void carry_out(const FleetPlan& plan, const Fleet& wanted, const Fleet& present);
  void remove(const FleetCertificate& certificate);
  /// After the last change.
  void finish() { events_.finish(); }

 private:
  /// With the way it came about.
  void append(EventDraft event);
  void change_ca(const FleetChange& change, const Fleet& wanted);
  void change_server(const FleetChange& change, const Fleet& wanted, const Fleet& present);
  void change_organization(const FleetChange& change, const Fleet& wanted, const Fleet& present);
  void edit(const FleetOrganization& from, const OrganizationRecord& record);
  void change_certificate(const FleetChange& change, const Fleet& wanted, const Fleet& present);
  void create(const FleetCertificate& certificate);
  void change(const FleetCertificate& from, const FleetCertificate& to, const FleetChange& change);
  void attach(std::int64_t certificate_id, const std::string& server);
  /// Nothing is to be seen at a server without a certificate.
  void end_watch_of_bare(std::int64_t server_id);
  void detach(const FleetCertificate& from, const std::string& server);

  SQLite::Database& connection_;
  Instant now_;
  EventBatch events_;
  std::unordered_map<std::string, std::int64_t> server_ids_;  // by name
  SQLite::Statement insert_certificate_;
  SQLite::Statement update_certificate_;
  SQLite::Statement attach_;
  SQLite::Statement detach_;
};

}  // namespace certmgr::store
