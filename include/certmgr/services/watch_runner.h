// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/domain/watch.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/server_control.h"
#include "certmgr/ports/store.h"
#include "certmgr/ports/upkeep.h"
#include "certmgr/services/alarm_desk.h"
#include "certmgr/services/task_runner.h"

namespace certmgr {

/// Looks after servers (subject: the server): whether each listener presents what was deployed, and whether
/// what could not be deployed can be now. Deploys again where that may help, and tells a person where not.
class WatchRunner final : public TaskRunner {
 public:
  struct Parts {
    WatchStore& watches;
    ServerStore& servers;
    CertificateStore& certificates;
    DeploymentStore& deployments;
    TlsProber& prober;
    AlarmDesk& alarms;
    Clock& clock;
  };
  explicit WatchRunner(Parts parts, WatchPolicy policy = {}) : parts_(parts), policy_(policy) {}
  StepResult step(std::int64_t server_id, Progress& progress) override;
  void let_go(std::int64_t) override {}

 private:
  /// What a server has to do with, as the store knows it.
  struct Context {
    Server server;
    std::optional<Certificate> certificate;
    std::optional<Version> version;  // the one deployed last
    WatchFacts facts;
  };

  Context load(const Server& server);
  std::optional<WatchStep> look(Context& context, Watch watch, Progress& progress);
  StepResult settle(const Context& context, const Watch& before, WatchStep step);
  void tell(const Context& context, const Watch& before, const Watch& after);
  void deploy(const Context& context, const std::string& reason);

  Parts parts_;
  WatchPolicy policy_;
};

}  // namespace certmgr
