// SPDX-License-Identifier: MIT
#include "upkeep_world.h"

#include <utility>

#include "crypto/encoding.h"

namespace certmgr::test {
namespace {

class Quiet final : public Progress {
 public:
  void step(const std::string&, const std::string&) override {}
  void warn(const std::string&, const std::string&) override {}
};

}  // namespace

Served Eyes::probe(const VerifyTarget& target, const std::string& sni, Duration limit) {
  ++looks;
  asked = sni;
  if (auto once = std::exchange(meanwhile, nullptr)) once();
  Served served = server_.probe(target, sni, limit);
  served.not_after = not_after;
  if (!down) return served;
  served = {};
  served.target = to_string(target);
  served.trouble = "connection refused";
  return served;
}

UpkeepWorld::UpkeepWorld()
    : database_((folder_ / "certmgr.db").string()), keyring_(store::StoreKey::load("none", database_)) {
  CertificateSpec spec;
  spec.label = "pbx.example";
  spec.identifiers = {{IdentifierType::dns, "pbx.example"}};
  spec.ca = "fake";
  spec.challenge.listen = "[::]:80";
  certificate_ = certificates_.put(spec, {"certificate.wanted", spec.label, {}});
  Server server;
  server.name = "pbx";
  server.type = "generic";
  server.files.key = "/key";
  server.files.fullchain = "/fullchain";
  server.verify = {{"tls", "127.0.0.1", 5061, ""}};
  server_ = servers_.add_server(server, {"server.added", "pbx", {}});
  certificates_.attach(certificate_.id, server_.id, {"certificate.attached", spec.label, {}});
}

Version UpkeepWorld::issue() {
  Order order;
  order.certificate_id = certificate_.id;
  order.spec = certificate_.spec;
  order.reason = "issue";
  order.created_at = order.entered_at = order.wake_at = clock_.now();
  order = orders_.open(order, {"order.approved", certificate_.spec.label, {}});
  const SealedKey key = value_or_throw(keyring_.generate(KeyType::ecdsa_p256, "certificate"));
  order.state = Ordering{key.id};
  order = orders_.save({order, {"order.ordering", certificate_.spec.label, {}}, key, {}, {}});
  // FakeServer gives the digest of the URL in what it presents as the fingerprint.
  const std::string url = "https://ca/order/" + std::to_string(order.id);
  ChainFacts facts;
  facts.chain_pem = "-----BEGIN CERTIFICATE-----\n" + url + "\n-----END CERTIFICATE-----\n";
  facts.spki_sha256 = key.spki_sha256;
  facts.identifiers = certificate_.spec.identifiers;
  facts.serial = "0" + std::to_string(order.id);
  facts.fingerprint = crypto::hex(crypto::sha256(crypto::as_bytes(url)));
  facts.issuer = "Fake CA";
  facts.not_before = clock_.now();
  facts.not_after = clock_.now() + std::chrono::days(90);
  order.state = Issued{};
  order = orders_.save({order, {"order.issued", certificate_.spec.label, {}}, {}, facts, key.id});
  return certificates_.version(std::get<Issued>(order.state).version_id).value();
}

void UpkeepWorld::deploy(const Version& version, const std::string& reason) {
  Deployment deployment;
  deployment.version_id = version.id;
  deployment.server_id = server_.id;
  deployment.reason = reason;
  deployment.created_at = deployment.entered_at = deployment.wake_at = clock_.now();
  static_cast<void>(
      deployments_.open_deployment(deployment, {"deployment.pending", certificate_.spec.label, {}}));
}

bool UpkeepWorld::work_once() {
  Quiet progress;
  bool worked = false;
  for (const auto& outlook : queue_.outlook()) {
    if (outlook.party == "renewal") continue;  // nobody here renews
    for (const auto& due : queue_.claim_due(outlook.party, clock_.now(), std::chrono::minutes(3), 10)) {
      worked = true;
      TaskRunner& runner = due.task.kind == TaskKind::watch        ? static_cast<TaskRunner&>(watcher_)
                           : due.task.kind == TaskKind::revocation ? static_cast<TaskRunner&>(asker_)
                           : due.task.kind == TaskKind::renewal_info
                               ? static_cast<TaskRunner&>(renewal_asker_)
                               : static_cast<TaskRunner&>(deployer_);
      static_cast<void>(runner.step(due.task.subject_id, progress));
      queue_.release(due.task);
    }
  }
  return worked;
}

void UpkeepWorld::pass(Duration length) {
  const Instant end = clock_.at + length;
  for (int steps = 0; steps < 10000; ++steps) {
    if (work_once()) continue;
    Instant next = end;
    for (const auto& outlook : queue_.outlook())
      if (outlook.party != "renewal") next = std::min(next, outlook.earliest);
    clock_.at = std::max(clock_.at, next);
    if (next >= end) return;
  }
  FAIL() << "work without end";
}

void UpkeepWorld::change_back() { pbx_.file = pbx_.loaded = "old"; }

std::set<std::string> UpkeepWorld::alarms() {
  std::set<std::string> open;
  for (const auto& alarm : alarm_store_.open_alarms())
    open.insert(std::string(to_string(alarm.draft.kind)) + " " + alarm.draft.subject);
  return open;
}

std::vector<std::string> UpkeepWorld::news() {
  std::vector<std::string> kinds;
  for (const auto& event : events_.events_after(seen_, 10000)) {
    kinds.push_back(event.draft.kind);
    seen_ = event.seq;
  }
  return kinds;
}

Deployment UpkeepWorld::last() { return deployments_.last_deployment(certificate_.id, server_.id).value(); }

std::vector<Deployment> UpkeepWorld::all_deployments() {
  std::vector<Deployment> all;
  while (auto next = deployments_.deployment(static_cast<std::int64_t>(all.size()) + 1))
    all.push_back(std::move(*next));
  return all;
}

}  // namespace certmgr::test
