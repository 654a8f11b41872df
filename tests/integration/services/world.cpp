// SPDX-License-Identifier: MIT
#include "world.h"

#include <utility>

#include "adapters/store/alarm_store.h"
#include "adapters/store/event_log.h"
#include "adapters/store/renewal_info_store.h"
#include "adapters/store/renewal_rows.h"
#include "adapters/store/renewal_store.h"
#include "adapters/store/revocation_store.h"
#include "certmgr/services/alarm_desk.h"
#include "certmgr/services/renewal_info_runner.h"
#include "certmgr/services/renewal_runner.h"
#include "crypto/encoding.h"

namespace certmgr::test {
namespace {

class CrashingOrders final : public OrderStore {
 public:
  CrashingOrders(OrderStore& real, CrashPlan& plan) : real_(real), plan_(plan) {}
  std::optional<Order> open_order(std::int64_t id) override { return real_.open_order(id); }
  std::vector<Order> unsettled_orders(std::int64_t id) override { return real_.unsettled_orders(id); }
  std::optional<Order> last_order(std::int64_t id) override { return real_.last_order(id); }
  std::optional<Order> last_issued(std::int64_t id) override { return real_.last_issued(id); }
  std::optional<Order> order(std::int64_t id) override { return real_.order(id); }
  std::optional<Order> order_of_version(std::int64_t id) override { return real_.order_of_version(id); }
  std::vector<std::string> order_urls(std::int64_t id, int limit) override {
    return real_.order_urls(id, limit);
  }
  Order open(const Order& order, const EventDraft& event) override {
    plan_.pass(CrashPlan::Moment::before_save);
    Order opened = real_.open(order, event);
    plan_.pass(CrashPlan::Moment::after_save);
    return opened;
  }
  bool knows_order_url(const std::string& url) override { return real_.knows_order_url(url); }
  Order save(const Save& save) override {
    plan_.pass(CrashPlan::Moment::before_save);
    Order saved = real_.save(save);
    plan_.pass(CrashPlan::Moment::after_save);
    if (std::holds_alternative<Issued>(saved.state))
      if (const auto turn = std::exchange(plan_.when_issued, nullptr)) turn();
    return saved;
  }

 private:
  OrderStore& real_;
  CrashPlan& plan_;
};

class CrashingDeployments final : public DeploymentStore {
 public:
  CrashingDeployments(DeploymentStore& real, CrashPlan& plan) : real_(real), plan_(plan) {}
  Deployment open_deployment(const Deployment& deployment, const EventDraft& event) override {
    if (const auto turn = std::exchange(plan_.before_opening, nullptr)) turn();
    plan_.pass(CrashPlan::Moment::before_save);
    Deployment opened = real_.open_deployment(deployment, event);
    plan_.pass(CrashPlan::Moment::after_save);
    return opened;
  }
  std::optional<Deployment> deployment(std::int64_t id) override { return real_.deployment(id); }
  Deployment save_deployment(const Deployment& deployment, const EventDraft& event) override {
    plan_.pass(CrashPlan::Moment::before_save);
    Deployment saved = real_.save_deployment(deployment, event);
    plan_.pass(CrashPlan::Moment::after_save);
    return saved;
  }
  std::optional<Deployment> last_deployment(std::int64_t certificate, std::int64_t server) override {
    return real_.last_deployment(certificate, server);
  }

 private:
  DeploymentStore& real_;
  CrashPlan& plan_;
};

class NobodyToTell final : public Notifier {
 public:
  [[nodiscard]] std::vector<std::string> channels() const override { return {}; }
  [[nodiscard]] bool wants(const std::string&, AlarmKind) const override { return false; }
  Result<void> send(const std::string&, const Notice&) override { return {}; }
};

}  // namespace

void CrashPlan::pass(Moment now) {
  if (now != moment || ++passed != at) return;
  crashed = true;
  throw Crash{};
}

/// Nobody else is there.
class NoDaemons final : public DaemonPresence {
 public:
  [[nodiscard]] std::optional<std::string> serving(TaskKind) const override { return std::nullopt; }
};

/// Every certificate here proves control and no more.
class NoEnrollments final : public TaskRunner {
 public:
  StepResult step(std::int64_t, Progress&) override {
    return {.finished = true, .wake_at = {}, .trouble = {}};
  }
  void let_go(std::int64_t) override {}
};

struct Process::Parts {
  Parts(const std::string& path, FakeConnector& connector, FakeServer& server, FakeSolver& solver,
        CrashPlan& plan)
      : database(path),
        keyring(store::StoreKey::load("none", database)),
        crashing_orders(orders, plan),
        crashing_deployments(deployments, plan),
        desk(connector, accounts, certificates, keyring, clock, AccountTerms{{}, true, KeyType::ecdsa_p256}),
        renewal_asker({connector.public_ca, renewal_infos, certificates, orders, clock}),
        order_runner(crashing_orders, certificates, keyring, desk, solver, clock),
        deployment_runner(crashing_deployments, certificates, servers, keyring, server, server, server, seal,
                          clock,
                          DeployLimits{std::chrono::milliseconds(200), std::chrono::milliseconds(10), 5}),
        engine({queue, order_runner, deployment_runner, enrollments, events, daemons, clock}),
        certificate_desk(
            {certificates, crashing_orders, servers, crashing_deployments, connector, names, order_runner,
             engine, daemons, renewal_infos, renewal_asker, clock, revocations},
            IssueDefaults{"fake", KeyType::ecdsa_p256, {}, {ChallengeType::http_01, "", "[::]:80"}}) {}

  platform::SystemClock clock;
  store::Database database;
  store::SqliteCertificateStore certificates{database, clock};
  store::SqliteOrderStore orders{database, clock};
  store::SqliteServerStore servers{database, clock};
  store::SqliteDeploymentStore deployments{database, clock};
  store::SqliteAccountStore accounts{database, clock};
  store::SqliteRevocationStore revocations{database, clock};
  store::SqliteTaskQueue queue{database};
  store::SealedKeyring keyring;
  store::SqliteStoreInspector inspector{database, keyring};
  store::SqliteEventLog events{database, clock};
  store::SqliteRenewalInfoStore renewal_infos{database, clock};
  NoDaemons daemons;
  NoEnrollments enrollments;
  names::IdnaEncoder names;
  NoServerSeal seal;
  CrashingOrders crashing_orders;
  CrashingDeployments crashing_deployments;
  AccountDesk desk;
  RenewalInfoRunner renewal_asker;
  OrderRunner order_runner;
  DeploymentRunner deployment_runner;
  Engine engine;
  CertificateDesk certificate_desk;
  store::SqliteRenewalStore renewals{database, clock};
  store::SqliteAlarmStore alarms{database, clock};
  NobodyToTell notifier;
  AlarmDesk alarm_desk{alarms, notifier};
  RenewalRunner renewal_runner{
      {renewals, revocations, renewal_infos, certificates, orders, deployments, alarm_desk, clock}};
};

Process::Process(const std::string& path, FakeConnector& connector, FakeServer& server, FakeSolver& solver,
                 CrashPlan& plan)
    : parts_(std::make_unique<Parts>(path, connector, server, solver, plan)) {}
Process::~Process() = default;

IssueReport Process::issue(const IssueRequest& request) {
  SilentProgress progress;
  return parts_->certificate_desk.issue(request, progress);
}

IssueReport Process::renew(const std::string& label) {
  SilentProgress progress;
  return parts_->certificate_desk.renew(label, true, std::chrono::seconds(30), progress);
}

StoreHealth Process::check() { return parts_->inspector.check(); }

void Process::register_server() {
  Server server;
  server.name = "pbx";
  server.type = "generic";
  server.files.key = "/key";
  server.files.fullchain = "/fullchain";
  server.verify = {{"tls", "127.0.0.1", 5061, ""}};
  static_cast<void>(parts_->servers.add_server(server, {"server.added", "pbx", {}}));
}

std::vector<Version> Process::versions(const std::string& label) {
  return parts_->certificates.versions(parts_->certificates.find(label)->id);
}

void Process::look_after(const std::string& label) {
  SilentProgress progress;
  static_cast<void>(parts_->renewal_runner.step(parts_->certificates.find(label)->id, progress));
}

void Process::wake_renewal(const std::string& label) {
  const auto id = parts_->certificates.find(label)->id;
  parts_->database.write("wake a renewal", [&](SQLite::Database& connection) {
    store::wake_renewal(connection, id, parts_->clock.now());
  });
}

bool Process::renewal_is_due(const std::string& label) {
  const TaskRef task{TaskKind::renewal, parts_->certificates.find(label)->id};
  return parts_->queue.look(task, parts_->clock.now()).result == ClaimResult::claimed;
}

void Process::deploy_what_is_due() {
  SilentProgress progress;
  constexpr auto kLease = std::chrono::minutes(1);
  for (bool worked = true; worked;) {
    worked = false;
    for (const auto& due : parts_->queue.claim_due("deploy", parts_->clock.now(), kLease, 10)) {
      worked = true;
      while (!parts_->deployment_runner.step(due.task.subject_id, progress).finished) {
      }
    }
  }
}

std::vector<Deployment> Process::deployments() {
  std::vector<Deployment> all;
  while (auto next = parts_->deployments.deployment(static_cast<std::int64_t>(all.size()) + 1))
    all.push_back(std::move(*next));
  return all;
}

IssueRequest request_for(std::vector<std::string> names, std::vector<std::string> servers) {
  IssueRequest request;
  request.names = std::move(names);
  request.servers = std::move(servers);
  request.timeout = std::chrono::seconds(30);
  return request;
}

Served FakeServer::probe(const VerifyTarget& target, const std::string&, Duration) {
  Served served;
  served.target = to_string(target);
  served.fingerprint = loaded;
  // The fake CA's leaf text holds the order's URL, whose digest it gave as the fingerprint.
  const auto begin = loaded.find("https://");
  if (begin != std::string::npos) {
    const auto end = loaded.find('\n', begin);
    served.fingerprint = crypto::hex(crypto::sha256(crypto::as_bytes(loaded.substr(begin, end - begin))));
  }
  return served;
}

}  // namespace certmgr::test
