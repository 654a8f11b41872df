// SPDX-License-Identifier: MIT
#include "certmgr/services/preflight.h"

#include <algorithm>
#include <future>
#include <mutex>

namespace certmgr {
namespace {

constexpr std::size_t kNamesAtOnce = 8;

bool by_listener(const ChallengeSettings& way) {
  return way.type == ChallengeType::http_01 || way.type == ChallengeType::tls_alpn_01;
}

/// One that answered nothing, not even with an error, answers the next question as little.
template <class T>
bool no_answer(const Result<T>& asked) {
  return !asked && (asked.error().code == "dns_no_answer" || asked.error().code == "dns_no_resolver");
}

}  // namespace

void Preflight::look_at(NameFacts& name, const CertificateSpec& spec, bool try_proof,
                        std::atomic<bool>& silent, std::optional<Trouble>& unpublished) const {
  const bool dns = ask_dns_ && name.identifier.type == IdentifierType::dns;
  std::vector<std::string> addresses;
  if (name.identifier.type == IdentifierType::ip) addresses.push_back(name.identifier.value);
  if (dns && !silent) {
    name.caa = parts_.resolver.caa(name.identifier.value);
    if (no_answer(*name.caa)) silent = true;
    if (!*name.caa && name.caa->error().code == "dns_failed") {
      const auto base = name.identifier.wildcard() ? name.identifier.value.substr(2) : name.identifier.value;
      if (const auto state = parts_.resolver.dnssec(base)) name.dnssec = *state;
    }
  }
  if (dns && !silent && by_listener(spec.challenge) && !name.identifier.wildcard()) {
    name.addresses = parts_.resolver.addresses(name.identifier.value);
    if (no_answer(*name.addresses)) silent = true;
    if (*name.addresses) {
      addresses = (*name.addresses)->v4;
      addresses.insert(addresses.end(), (*name.addresses)->v6.begin(), (*name.addresses)->v6.end());
    }
  }
  if (!try_proof || !by_listener(spec.challenge) || !can_prove(spec.challenge.type, name.identifier)) return;
  auto trial = parts_.trial.try_out(name.identifier, spec.challenge, addresses);
  unpublished = std::move(trial.unpublished);
  name.fetched = std::move(trial.fetched);
}

PreflightFacts Preflight::look(const CertificateSpec& spec, bool try_proofs) const {
  PreflightFacts facts;
  facts.own_addresses = parts_.host.addresses();
  for (const auto& identifier : spec.identifiers) facts.names.push_back({.identifier = identifier});
  std::vector<std::optional<Trouble>> unpublished(facts.names.size());
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> silent = false;
  const auto work = [&] {
    for (std::size_t i = next++; i < facts.names.size(); i = next++)
      look_at(facts.names[i], spec, try_proofs, silent, unpublished[i]);
  };
  std::vector<std::future<void>> workers;
  while (workers.size() + 1 < std::min(kNamesAtOnce, facts.names.size()))
    workers.push_back(std::async(std::launch::async, work));
  work();
  for (auto& worker : workers) worker.get();
  if (!try_proofs || !by_listener(spec.challenge)) return facts;
  WayFacts way{.way = spec.challenge};
  for (auto& trouble : unpublished)
    if (trouble && !way.trouble) way.trouble = std::move(trouble);
  facts.ways.push_back(std::move(way));
  return facts;
}

std::optional<CaFacts> Preflight::through_account(const std::string& ca) const {
  // Troubles are left to the order, which meets the same ones, tells of them and tries again.
  const auto opened = parts_.accounts.open(ca);
  if (!opened) return std::nullopt;
  const auto meta = (*opened)->meta();
  if (!meta) return std::nullopt;
  return CaFacts{ca, meta->caa_identities, (*opened)->account_facts().url, (*opened)->clock_ahead()};
}

std::optional<CaFacts> Preflight::by_directory(const std::string& ca) const {
  const auto seen = parts_.scout.look(ca);
  if (!seen) return std::nullopt;
  return CaFacts{ca, seen->meta.caa_identities, {}, seen->clock_ahead};
}

std::vector<Finding> Preflight::before_order(const CertificateSpec& spec) {
  // A daemon that will do the work has its own listeners, and perhaps the port.
  const bool ours = !parts_.daemons.serving(TaskKind::order);
  auto ca = std::async(std::launch::async, [&] { return through_account(spec.ca); });
  auto facts = look(spec, ours);
  facts.ca = ca.get();
  return judge_preflight(spec, facts);
}

std::optional<Finding> Preflight::clock(const std::string& ca) const {
  const auto opened = parts_.accounts.open(ca);
  if (!opened) return std::nullopt;
  return judge_clock({ca, {}, {}, (*opened)->clock_ahead()});
}

std::vector<Finding> Preflight::without_account(const CertificateSpec& spec) {
  auto ca = std::async(std::launch::async, [&] { return by_directory(spec.ca); });
  auto facts = look(spec, !parts_.daemons.serving(TaskKind::order));
  facts.ca = ca.get();
  return judge_preflight(spec, facts);
}

std::vector<Finding> Preflight::names_only(const CertificateSpec& spec, const std::optional<CaFacts>& ca) {
  auto facts = look(spec, false);
  facts.ca = ca;
  auto findings = judge_preflight(spec, facts);
  // The clock was told with the CA.
  std::erase_if(findings, [](const Finding& finding) { return finding.check == "clock"; });
  return findings;
}

}  // namespace certmgr
