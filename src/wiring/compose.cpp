// SPDX-License-Identifier: MIT
#include "wiring/compose.h"

#include <filesystem>

#include "adapters/acme/acme_connector.h"
#include "adapters/deploy/disk_file_placer.h"
#include "adapters/deploy/hook_process.h"
#include "adapters/names/idna_encoder.h"
#include "adapters/probe/openssl_prober.h"
#include "adapters/solvers/http01_listener.h"
#include "adapters/solvers/http01_webroot.h"
#include "adapters/solvers/solver_switch.h"
#include "adapters/store/account_store.h"
#include "adapters/store/ca_memory_store.h"
#include "adapters/store/certificate_store.h"
#include "adapters/store/deployment_store.h"
#include "adapters/store/order_store.h"
#include "adapters/store/sealed_keyring.h"
#include "adapters/store/server_store.h"
#include "adapters/store/store_inspector.h"
#include "adapters/store/task_queue.h"
#include "certmgr/services/deployment_runner.h"
#include "platform/system_clock.h"
#include "wiring/hooks_folder.h"

namespace certmgr::wiring {
namespace {

std::vector<acme::CaSettings> ca_settings(const config::Config& config) {
  std::vector<acme::CaSettings> all;
  for (const auto& entry : config.cas) {
    acme::CaSettings settings{entry.name, entry.directory, entry.ca_bundle, entry.timeout, std::nullopt};
    if (!entry.eab_kid.empty())
      settings.external_account = acme::ExternalAccount{entry.eab_kid, entry.eab_hmac_file};
    all.push_back(std::move(settings));
  }
  return all;
}

AccountTerms account_terms(const config::Config& config) {
  AccountTerms terms;
  if (!config.email.empty()) terms.contacts = {"mailto:" + config.email};
  terms.agreed = config.agree_tos;
  terms.key_type = config.account_key_type;
  return terms;
}

IssueDefaults issue_defaults(const config::Config& config) {
  IssueDefaults defaults{config.default_ca, config.key_type, {}, config.challenge};
  for (const auto& entry : config.cas)
    if (entry.key_type) defaults.key_type_of_ca[entry.name] = *entry.key_type;
  return defaults;
}

/// What hooks need on disk lives beside the store.
std::string state_folder(const config::Config& config) {
  return std::filesystem::absolute(config.store_path).parent_path().string();
}

/// Members are made in this order and go in the reverse one: the CA's connections park their nonces in
/// a store that is still open.
class Composition final : public Application {
 public:
  explicit Composition(const config::Config& config)
      : database_(config.store_path),
        certificate_store_(database_, clock_),
        orders_(database_, clock_),
        server_store_(database_, clock_),
        deployments_(database_, clock_),
        accounts_(database_, clock_),
        memory_(database_),
        queue_(database_),
        keyring_(store::StoreKey::load(config.encryption, database_)),
        inspector_(database_, keyring_),
        connector_(ca_settings(config), keyring_, memory_, clock_),
        solver_(std::make_unique<solvers::Http01Listener>(), std::make_unique<solvers::Http01Webroot>()),
        hooks_(hooks_folder(), state_folder(config), config.hook_timeout),
        account_desk_(connector_, accounts_, certificate_store_, keyring_, clock_, account_terms(config)),
        order_runner_(orders_, certificate_store_, deployments_, keyring_, account_desk_, solver_, clock_),
        deployment_runner_(deployments_, certificate_store_, server_store_, keyring_, placer_, hooks_,
                           prober_, clock_, DeployLimits{.verify = config.verify_timeout}),
        engine_(queue_, order_runner_, deployment_runner_, clock_),
        defaults_(issue_defaults(config)),
        certificates_({certificate_store_, orders_, server_store_, deployments_, connector_, names_,
                       order_runner_, engine_, clock_},
                      defaults_),
        servers_(server_store_, certificate_store_, deployments_, placer_, hooks_, prober_) {}

  CertificateDesk& certificates() override { return certificates_; }
  ServerRegistry& servers() override { return servers_; }
  AccountDesk& account_desk() override { return account_desk_; }
  CertificateStore& certificate_store() override { return certificate_store_; }
  OrderStore& orders() override { return orders_; }
  DeploymentStore& deployments() override { return deployments_; }
  AccountStore& accounts() override { return accounts_; }
  StoreInspector& inspector() override { return inspector_; }
  Keyring& keyring() override { return keyring_; }
  FilePlacer& placer() override { return placer_; }
  const IssueDefaults& defaults() const override { return defaults_; }
  Clock& clock() override { return clock_; }

 private:
  platform::SystemClock clock_;
  store::Database database_;
  store::SqliteCertificateStore certificate_store_;
  store::SqliteOrderStore orders_;
  store::SqliteServerStore server_store_;
  store::SqliteDeploymentStore deployments_;
  store::SqliteAccountStore accounts_;
  store::SqliteCaMemory memory_;
  store::SqliteTaskQueue queue_;
  store::SealedKeyring keyring_;
  store::SqliteStoreInspector inspector_;
  names::IdnaEncoder names_;
  acme::AcmeConnector connector_;
  solvers::SolverSwitch solver_;
  deploy::DiskFilePlacer placer_;
  deploy::HookProcess hooks_;
  probe::OpenSslProber prober_;
  AccountDesk account_desk_;
  OrderRunner order_runner_;
  DeploymentRunner deployment_runner_;
  Engine engine_;
  IssueDefaults defaults_;
  CertificateDesk certificates_;
  ServerRegistry servers_;
};

}  // namespace

std::unique_ptr<Application> compose(const config::Config& config) {
  return std::make_unique<Composition>(config);
}

}  // namespace certmgr::wiring
