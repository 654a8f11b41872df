// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/ca_entry.h"
#include "certmgr/ports/alarms.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/notifier.h"
#include "certmgr/ports/overview.h"
#include "certmgr/ports/renewal_info.h"
#include "certmgr/ports/server_control.h"
#include "certmgr/ports/service_manager.h"
#include "certmgr/ports/store.h"
#include "certmgr/ports/token_keys.h"
#include "certmgr/services/account_desk.h"
#include "certmgr/services/account_upkeep.h"
#include "certmgr/services/authorization_desk.h"
#include "certmgr/services/certificate_desk.h"
#include "certmgr/services/daemon_kit.h"
#include "certmgr/services/doctor.h"
#include "certmgr/services/enrollment_desk.h"
#include "certmgr/services/fleet_desk.h"
#include "certmgr/services/order_limits.h"
#include "certmgr/services/organization_desk.h"
#include "certmgr/services/revocation_desk.h"
#include "certmgr/services/server_registry.h"

namespace certmgr {

/// Everything a way in (command line, daemon, web) works with, composed by the wiring.
class Application {
 public:
  virtual ~Application() = default;
  virtual CertificateDesk& certificates() = 0;
  virtual ServerRegistry& servers() = 0;
  virtual AccountDesk& account_desk() = 0;
  virtual AccountUpkeep& account_upkeep() = 0;
  virtual RevocationDesk& revocation_desk() = 0;
  virtual AuthorizationDesk& authorization_desk() = 0;
  virtual RevocationStore& revocations() = 0;
  virtual FleetDesk& fleet() = 0;
  virtual OrganizationDesk& organizations() = 0;
  virtual EnrollmentDesk& enrollments() = 0;
  /// The person behind this process, with the roles the configuration gives. Failure "unknown_person".
  virtual enrollment::Actor actor() = 0;
  /// The one with this user id behind a socket, and the one whom the configuration gives this token. Troubles
  /// "unknown_person" and "bad_token".
  virtual Result<enrollment::Actor> actor_with_uid(std::uint32_t uid) = 0;
  virtual Result<enrollment::Actor> actor_with_token(std::string_view token) = 0;
  virtual OrderLimits& limits() = 0;
  /// Configured, built in, and declared by `apply`.
  virtual std::vector<CaEntry> known_cas() = 0;
  virtual Preflight& preflight() = 0;
  virtual Doctor& doctor() = 0;
  virtual CertificateStore& certificate_store() = 0;
  virtual OrderStore& orders() = 0;
  virtual DeploymentStore& deployments() = 0;
  virtual AccountStore& accounts() = 0;
  virtual StoreInspector& inspector() = 0;
  virtual EventLog& events() = 0;
  virtual Overview& overview() = 0;
  virtual Notifier& notifier() = 0;
  virtual AlarmStore& alarms() = 0;
  /// The name people know this machine by.
  virtual std::string host_name() const = 0;
  virtual Keyring& keyring() = 0;
  virtual TokenKeys& token_keys() = 0;
  virtual FilePlacer& placer() = 0;
  virtual RenewalInfoStore& renewal_infos() = 0;
  virtual PublicCa& public_ca() = 0;
  virtual const IssueDefaults& defaults() const = 0;
  virtual Clock& clock() = 0;
  virtual const DaemonPresence& daemons() = 0;
  /// Valid as long as the application.
  virtual DaemonKit daemon_kit() = 0;
  /// Told how a daemon does; of no effect where nobody listens.
  virtual ServiceManager& service_manager() = 0;
};

}  // namespace certmgr
