// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/ports/clock.h"
#include "certmgr/ports/server_control.h"
#include "certmgr/ports/store.h"
#include "certmgr/services/account_desk.h"
#include "certmgr/services/certificate_desk.h"
#include "certmgr/services/server_registry.h"

namespace certmgr {

/// Everything a way in (command line, daemon, web) works with, composed by the wiring.
class Application {
 public:
  virtual ~Application() = default;
  virtual CertificateDesk& certificates() = 0;
  virtual ServerRegistry& servers() = 0;
  virtual AccountDesk& account_desk() = 0;
  virtual CertificateStore& certificate_store() = 0;
  virtual OrderStore& orders() = 0;
  virtual DeploymentStore& deployments() = 0;
  virtual AccountStore& accounts() = 0;
  virtual StoreInspector& inspector() = 0;
  virtual Keyring& keyring() = 0;
  virtual FilePlacer& placer() = 0;
  virtual const IssueDefaults& defaults() const = 0;
  virtual Clock& clock() = 0;
};

}  // namespace certmgr
