// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/deployment_machine.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/server_control.h"
#include "certmgr/ports/server_seal.h"
#include "certmgr/ports/store.h"
#include "certmgr/services/task_runner.h"

namespace certmgr {

/// Steps deployments: files, hook, proof by handshake, and the way back.
class DeploymentRunner final : public TaskRunner {
 public:
  DeploymentRunner(DeploymentStore& deployments, CertificateStore& certificates, ServerStore& servers,
                   Keyring& keyring, FilePlacer& placer, HookRunner& hooks, TlsProber& prober,
                   const ServerSeal& seal, Clock& clock, DeployLimits limits);
  StepResult step(std::int64_t deployment_id, Progress& progress) override;
  void let_go(std::int64_t) override {}

 private:
  struct Context {
    Deployment deployment;
    Version version;
    Certificate certificate;
    Server server;
    Server placed;  // with the files that are ours to write
    std::optional<SealedKey> key;
  };

  Context load(std::int64_t deployment_id);
  DeployOutcome perform(const DeployAction& action, const Context& context);
  Result<DeployOutcome> try_action(const DeployAction& action, const Context& context);
  Result<Material> material(const Context& context);
  std::vector<Served> look(const Context& context);
  Result<DeployOutcome> run_hook(const std::string& phase, const Context& context);
  Deployment commit(const Deployment& before, const Deployment& after, const Context& context);
  StepResult refuse(const Context& context, const Trouble& trouble, Progress& progress);
  StepResult end_without_server(const Deployment& deployment);

  DeploymentStore& deployments_;
  CertificateStore& certificates_;
  ServerStore& servers_;
  Keyring& keyring_;
  FilePlacer& placer_;
  HookRunner& hooks_;
  TlsProber& prober_;
  const ServerSeal& seal_;
  Clock& clock_;
  DeployLimits limits_;
};

}  // namespace certmgr
