// SPDX-License-Identifier: MIT
#include "wiring/compose.h"

#include "adapters/acme/acme_connector.h"
#include "adapters/acme/directory_scout.h"
#include "adapters/acme/forgetful_memory.h"
#include "adapters/acme/public_acme.h"
#include "adapters/deploy/disk_file_placer.h"
#include "adapters/deploy/hook_process.h"
#include "adapters/dns/dns_resolver.h"
#include "adapters/names/idna_encoder.h"
#include "adapters/names/public_suffix.h"
#include "adapters/notify/channels.h"
#include "adapters/probe/openssl_prober.h"
#include "adapters/revocation/crl_source.h"
#include "adapters/solvers/http01_webroot.h"
#include "adapters/solvers/published_trial.h"
#include "adapters/solvers/solver_switch.h"
#include "adapters/store/account_store.h"
#include "adapters/store/alarm_store.h"
#include "adapters/store/authorization_store.h"
#include "adapters/store/ca_memory_store.h"
#include "adapters/store/certificate_store.h"
#include "adapters/store/deployment_store.h"
#include "adapters/store/enrollment_store.h"
#include "adapters/store/event_log.h"
#include "adapters/store/fleet_store.h"
#include "adapters/store/order_store.h"
#include "adapters/store/organization_store.h"
#include "adapters/store/overview.h"
#include "adapters/store/rate_ledger.h"
#include "adapters/store/renewal_info_store.h"
#include "adapters/store/renewal_store.h"
#include "adapters/store/revocation_store.h"
#include "adapters/store/sealed_keyring.h"
#include "adapters/store/server_store.h"
#include "adapters/store/store_inspector.h"
#include "adapters/store/task_queue.h"
#include "adapters/store/watch_store.h"
#include "adapters/token/openssl_token_keys.h"
#include "certmgr/domain/ca_level.h"
#include "certmgr/services/delivery_runner.h"
#include "certmgr/services/deployment_runner.h"
#include "certmgr/services/enrollment_runner.h"
#include "certmgr/services/organization_runner.h"
#include "certmgr/services/pruning_runner.h"
#include "certmgr/services/renewal_info_runner.h"
#include "certmgr/services/renewal_runner.h"
#include "certmgr/services/revocation_runner.h"
#include "certmgr/services/watch_runner.h"
#include "crypto/certificate_chain.h"
#include "crypto/encoding.h"
#include "crypto/normal_form.h"
#include "platform/daemon_lock.h"
#include "platform/host_name.h"
#include "platform/local_host.h"
#include "platform/service_manager.h"
#include "platform/system_clock.h"
#include "platform/system_persons.h"
#include "platform/wake.h"
#include "wiring/doctor_settings.h"
#include "wiring/fleet_file_source.h"
#include "wiring/hooks_folder.h"
#include "wiring/known_cas.h"
#include "wiring/known_limits.h"
#include "wiring/settings.h"
#include "wiring/solvers.h"
#include "wiring/web_tokens.h"

namespace certmgr::wiring {
namespace {

/// A person waits for the answers, and an order can do without them.
constexpr Duration kPreflightQuestion = std::chrono::milliseconds(1500);

std::string hex_sha256(std::string_view text) {
  return crypto::hex(crypto::sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

/// Members are made in this order and go in the reverse one: the CA's connections park their nonces in
/// a store that is still open.
class Composition final : public Application {
 public:
  Composition(const config::Config& config, std::optional<DaemonRole> self,
              std::shared_ptr<const void> outlives)
      : outlives_(std::move(outlives)),
        config_(config),
        waker_(config.store_path, self),
        database_(config.store_path),
        certificate_store_(database_, clock_),
        orders_(database_, clock_),
        server_store_(database_, clock_),
        deployments_(database_, clock_),
        accounts_(database_, clock_),
        memory_(database_),
        queue_(database_),
        renewals_(database_, clock_),
        watches_(database_, clock_),
        revocations_(database_, clock_),
        renewal_infos_(database_, clock_),
        revocation_source_(clock_),
        alarm_store_(database_, clock_),
        authorizations_(database_, clock_),
        fleet_store_(database_, clock_),
        organization_store_(database_, clock_),
        enrollment_store_(database_, clock_),
        ledger_(database_),
        daemons_(config.store_path),
        keyring_(store::StoreKey::load(config.encryption, database_)),
        token_keys_(
            {config.token.provider, config.token.provider_path, config.token.engine, config.token.module}),
        inspector_(database_, keyring_),
        events_(database_, clock_),
        overview_(database_),
        connector_([this] { return ca_settings(cas()); }, keyring_, memory_, clock_),
        public_ca_([this] { return ca_settings(cas()); }, memory_, clock_),
        resolver_({.resolvers = config.dns01.resolvers}),
        solver_(solvers_by_type(config, resolver_, clock_), std::make_unique<solvers::Http01Webroot>()),
        hooks_(hooks_folder(), hooks_state_folder(config.store_path), config.hook_timeout),
        seal_(server_seal(config)),
        known_limits_([this] { return cas(); }),
        limits_({ledger_, domains_, orders_, clock_,
                 [this](const std::string& ca) { return known_limits_.of(ca); },
                 [this](const std::string& ca) { return value_or_throw(connector_.account_place(ca)); }}),
        account_desk_(connector_, accounts_, certificate_store_, keyring_, clock_, account_terms(config),
                      &limits_),
        order_runner_(orders_, certificate_store_, keyring_, account_desk_, solver_, clock_, &limits_,
                      [this](const Order& order) { return enrollments_.subject_today(order.enrollment_id); }),
        deployment_runner_(deployments_, certificate_store_, server_store_, keyring_, placer_, hooks_,
                           prober_, *seal_, clock_, DeployLimits{.verify = config.verify_timeout}),
        notifier_(std::make_unique<notify::Channels>(config.notify, clock_)),
        alarms_(alarm_store_, *notifier_),
        delivery_runner_(alarm_store_, *notifier_, clock_, platform::host_name()),
        enrollments_({enrollment_store_, organization_store_, certificate_store_, orders_, clock_,
                      [this](OrganizationLevel level) { return config_.enrollment.rules.at(level); },
                      hex_sha256,
                      [this](OrganizationLevel level) -> Duration {
                        const auto& lead = config_.enrollment.lead;
                        const auto found = lead.find(level);
                        return found != lead.end() ? Duration(found->second) : Duration::zero();
                      },
                      crypto::normal_form_c, config.enrollment.open_per_person}),
        enrollment_runner_({enrollment_store_, enrollments_, organization_store_, certificate_store_, orders_,
                            alarms_, clock_, hex_sha256,
                            [](const std::string& pem) { return crypto::read_chain(pem); },
                            [this] { return cas(); },
                            [this](const std::string& ca) { return account_desk_.can_have_account(ca); }}),
        renewal_runner_({renewals_, revocations_, renewal_infos_, certificate_store_, orders_, deployments_,
                         alarms_, clock_, config.fallback_cas, &enrollments_,
                         [this](const CertificateSpec& spec) { return stand_in_ca(spec); }}),
        watch_runner_(
            {watches_, server_store_, certificate_store_, deployments_, prober_, alarms_, clock_},
            {.every = config.daemon.watch_every, .retry_first = config.daemon.retry_deployment_after}),
        revocation_runner_({revocation_source_, revocations_, certificate_store_, alarms_, clock_}),
        renewal_info_runner_({public_ca_, renewal_infos_, certificate_store_, orders_, clock_}),
        pruning_runner_(alarm_store_, clock_, config.daemon.keep_alarms),
        organization_runner_(organization_store_, alarms_, clock_),
        trial_(solver_, config.preflight.http_port),
        scout_([this] { return ca_settings(cas()); }, clock_),
        brief_resolver_({.resolvers = config.dns01.resolvers, .limit = kPreflightQuestion}),
        preflight_({brief_resolver_, trial_, host_, account_desk_, scout_, daemons_}, config.preflight.dns),
        engine_({queue_, order_runner_, deployment_runner_, enrollment_runner_, events_, daemons_, clock_}),
        defaults_(issue_defaults(config, cas())),
        certificates_({certificate_store_, orders_, server_store_, deployments_, connector_, names_,
                       order_runner_, engine_, daemons_, renewal_infos_, renewal_info_runner_, clock_,
                       revocations_, &preflight_, &enrollments_, [this] { return cas(); }},
                      defaults_),
        account_upkeep_({account_desk_, connector_, accounts_, certificate_store_, orders_, keyring_}),
        revocation_desk_({certificates_, account_desk_, connector_, certificate_store_, orders_, deployments_,
                          revocations_, clock_}),
        servers_(server_store_, certificate_store_, deployments_, placer_, hooks_, prober_, *seal_),
        authorization_desk_(
            {account_desk_, authorizations_, certificate_store_, orders_, names_, solver_, clock_},
            defaults_),
        fleet_({fleet_source_, fleet_store_, orders_, names_, placer_, hooks_, *seal_, order_runner_, queue_,
                clock_},
               defaults_, config.cas),
        organizations_({organization_store_, fleet_store_, fleet_source_, clock_}, config.cas),
        looking_connector_([this] { return ca_settings(cas()); }, keyring_, no_memory_, clock_),
        looking_desk_(looking_connector_, accounts_, certificate_store_, keyring_, clock_,
                      account_terms(config)),
        doctor_({inspector_, certificate_store_, orders_, servers_, *notifier_, daemons_, scout_,
                 looking_desk_, trial_, host_, preflight_, clock_},
                doctor_settings(config)) {
    database_.on_change([this] { waker_.ring(); });
  }

  CertificateDesk& certificates() override { return certificates_; }
  ServerRegistry& servers() override { return servers_; }
  AccountDesk& account_desk() override { return account_desk_; }
  AccountUpkeep& account_upkeep() override { return account_upkeep_; }
  RevocationDesk& revocation_desk() override { return revocation_desk_; }
  AuthorizationDesk& authorization_desk() override { return authorization_desk_; }
  RevocationStore& revocations() override { return revocations_; }
  FleetDesk& fleet() override { return fleet_; }
  OrganizationDesk& organizations() override { return organizations_; }
  EnrollmentDesk& enrollments() override { return enrollments_; }
  enrollment::Actor actor() override {
    return enrollment::with_store(actor_named(value_or_throw(persons_.me())), config_.enrollment.roles);
  }
  Result<enrollment::Actor> actor_with_uid(std::uint32_t uid) override {
    return persons_.caller(uid).map([this](const std::string& person) { return actor_named(person); });
  }
  Result<enrollment::Actor> actor_with_token(std::string_view token) override {
    return owner_of_token(config_.web.tokens, token).map([this](const std::string& person) {
      return actor_named(person);
    });
  }
  OrderLimits& limits() override { return limits_; }
  Preflight& preflight() override { return preflight_; }
  Doctor& doctor() override { return doctor_; }
  CertificateStore& certificate_store() override { return certificate_store_; }
  OrderStore& orders() override { return orders_; }
  DeploymentStore& deployments() override { return deployments_; }
  AccountStore& accounts() override { return accounts_; }
  StoreInspector& inspector() override { return inspector_; }
  EventLog& events() override { return events_; }
  Overview& overview() override { return overview_; }
  Notifier& notifier() override { return *notifier_; }
  AlarmStore& alarms() override { return alarm_store_; }
  std::string host_name() const override { return platform::host_name(); }
  Keyring& keyring() override { return keyring_; }
  TokenKeys& token_keys() override { return token_keys_; }
  FilePlacer& placer() override { return placer_; }
  RenewalInfoStore& renewal_infos() override { return renewal_infos_; }
  PublicCa& public_ca() override { return public_ca_; }
  std::vector<CaEntry> known_cas() override { return cas(); }
  const IssueDefaults& defaults() const override { return defaults_; }
  Clock& clock() override { return clock_; }
  const DaemonPresence& daemons() override { return daemons_; }
  DaemonKit daemon_kit() override {
    return {queue_,
            {{TaskKind::order, &order_runner_},
             {TaskKind::deployment, &deployment_runner_},
             {TaskKind::delivery, &delivery_runner_},
             {TaskKind::watch, &watch_runner_},
             {TaskKind::revocation, &revocation_runner_},
             {TaskKind::renewal, &renewal_runner_},
             {TaskKind::pruning, &pruning_runner_},
             {TaskKind::organization, &organization_runner_},
             {TaskKind::renewal_info, &renewal_info_runner_},
             {TaskKind::enrollment, &enrollment_runner_}},
            party_limits(config_, cas()),
            config_.daemon.threads,
            longest_step(config_, cas()),
            config_.store_path,
            {config_.web.listen, config_.web.socket, !config_.web.tokens.empty(),
             config_.web.certificate_metrics}};
  }
  ServiceManager& service_manager() override { return service_manager_; }

 private:
  enrollment::Actor actor_named(const std::string& person) {
    return enrollment::actor_of(person, persons_.groups_of(person), config_.enrollment.roles);
  }
  /// [enrollment] fallback_level.
  std::optional<std::string> stand_in_ca(const CertificateSpec& spec) {
    const auto level = parse_organization_level(spec.level);
    if (!level || !config_.enrollment.fallback_dv.contains(*level)) return std::nullopt;
    return first_for_level(cas(), {spec.ca, config_.default_ca}, CertificateLevel::dv);
  }
  std::vector<CaEntry> cas() { return wiring::known_cas(config_.cas, fleet_store_.cas()); }

  std::shared_ptr<const void> outlives_;
  config::Config config_;
  platform::Waker waker_;
  platform::SystemClock clock_;
  platform::SystemPersons persons_;
  platform::SystemdServiceManager service_manager_;
  store::Database database_;
  store::SqliteCertificateStore certificate_store_;
  store::SqliteOrderStore orders_;
  store::SqliteServerStore server_store_;
  store::SqliteDeploymentStore deployments_;
  store::SqliteAccountStore accounts_;
  store::SqliteCaMemory memory_;
  store::SqliteTaskQueue queue_;
  store::SqliteRenewalStore renewals_;
  store::SqliteWatchStore watches_;
  store::SqliteRevocationStore revocations_;
  store::SqliteRenewalInfoStore renewal_infos_;
  revocation::CrlSource revocation_source_;
  store::SqliteAlarmStore alarm_store_;
  store::SqliteAuthorizationStore authorizations_;
  store::SqliteFleetStore fleet_store_;
  store::SqliteOrganizationStore organization_store_;
  store::SqliteEnrollmentStore enrollment_store_;
  store::SqliteRateLedger ledger_;
  platform::LockedPresence daemons_;
  store::SealedKeyring keyring_;
  token::OpenSslTokenKeys token_keys_;
  store::SqliteStoreInspector inspector_;
  store::SqliteEventLog events_;
  store::SqliteOverview overview_;
  names::IdnaEncoder names_;
  acme::AcmeConnector connector_;
  acme::PublicAcme public_ca_;
  dns::DnsResolver resolver_;
  solvers::SolverSwitch solver_;
  deploy::DiskFilePlacer placer_;
  deploy::HookProcess hooks_;
  probe::OpenSslProber prober_;
  std::unique_ptr<ServerSeal> seal_;
  names::PublicSuffixDomains domains_;
  KnownLimits known_limits_;
  OrderLimits limits_;
  AccountDesk account_desk_;
  OrderRunner order_runner_;
  DeploymentRunner deployment_runner_;
  std::unique_ptr<Notifier> notifier_;
  AlarmDesk alarms_;
  DeliveryRunner delivery_runner_;
  EnrollmentDesk enrollments_;
  EnrollmentRunner enrollment_runner_;
  RenewalRunner renewal_runner_;
  WatchRunner watch_runner_;
  RevocationRunner revocation_runner_;
  RenewalInfoRunner renewal_info_runner_;
  PruningRunner pruning_runner_;
  OrganizationRunner organization_runner_;
  platform::LocalHost host_;
  solvers::PublishedTrial trial_;
  acme::DirectoryScout scout_;
  dns::DnsResolver brief_resolver_;
  Preflight preflight_;
  Engine engine_;
  IssueDefaults defaults_;
  CertificateDesk certificates_;
  AccountUpkeep account_upkeep_;
  RevocationDesk revocation_desk_;
  ServerRegistry servers_;
  AuthorizationDesk authorization_desk_;
  FleetFileSource fleet_source_;
  FleetDesk fleet_;
  OrganizationDesk organizations_;
  acme::ForgetfulMemory no_memory_;
  acme::AcmeConnector looking_connector_;
  AccountDesk looking_desk_;
  Doctor doctor_;
};

}  // namespace

std::unique_ptr<Application> compose(const config::Config& config, std::optional<DaemonRole> self,
                                     std::shared_ptr<const void> outlives) {
  if (self) value_or_throw(platform::refuse_vanished_store(config.store_path));
  return std::make_unique<Composition>(config, self, std::move(outlives));
}

}  // namespace certmgr::wiring
