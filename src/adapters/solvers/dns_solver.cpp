// SPDX-License-Identifier: MIT
#include "adapters/solvers/dns_solver.h"

#include <algorithm>
#include <span>

#include "certmgr/domain/nearest.h"
#include "crypto/encoding.h"

namespace certmgr::solvers {
namespace {

/// A server that does not answer is waited for this many looks: the CA may meet it, or one that answers.
constexpr int kLooksDespiteSilence = 5;

Result<TxtRecord> wanted_record(const Proof& proof) {
  const auto digest = crypto::base64url(crypto::sha256(crypto::as_bytes(proof.key_authorization)));
  if (proof.type == ChallengeType::dns_account_01)
    return dns_account01_record(proof.identifier.value, proof.token, proof.key_authorization, digest,
                                crypto::sha256(crypto::as_bytes(proof.account_url)));
  return dns01_record(proof.identifier.value, proof.token, proof.key_authorization, digest);
}

std::pair<std::string, std::string> key_of(const TxtRecord& record) { return {record.target, record.value}; }

}  // namespace

DnsSolver::DnsSolver(Resolver& resolver, std::map<std::string, std::unique_ptr<DnsProvider>> providers,
                     std::chrono::seconds patience)
    : resolver_(resolver), providers_(std::move(providers)), patience_(patience) {}

Result<DnsProvider*> DnsSolver::provider(const ChallengeSettings& settings) const {
  if (const auto found = providers_.find(settings.provider); found != providers_.end())
    return found->second.get();
  std::vector<std::string> names;
  for (const auto& [name, known] : providers_) names.push_back(name);
  const auto near = nearest(settings.provider, names);
  const bool none = settings.provider.empty();
  return fail({.kind = TroubleKind::configuration,
               .code = "unknown_dns_provider",
               .what = "cannot prove control by " + std::string(to_string(settings.type)),
               .why = none ? "no DNS provider is named"
                           : "there is no DNS provider '" + settings.provider + "' in the configuration",
               .hint = near   ? "did you mean '" + *near + "'?"
                       : none ? "--dns PROVIDER, or provider = \"NAME\" in [challenge.dns-01]"
                              : "add [dns." + settings.provider + "] to the configuration",
               .detail = {},
               .retry_at = {}});
}

Result<void> DnsSolver::check(const ChallengeSettings& settings) {
  if (auto known = provider(settings); !known) return fail(std::move(known.error()));
  return {};
}

/// With the place its value goes to: what was recorded with the proof, else where the aliases end now.
Result<TxtRecord> DnsSolver::record_for(const Proof& proof) {
  auto record = wanted_record(proof);
  if (!record) return record;
  if (!proof.target.empty()) {
    record->target = proof.target;
    if (auto sound = certmgr::check(*record); !sound) return fail(std::move(sound.error()));
    return record;
  }
  const auto chain = resolver_.cname_chain(record->name);
  if (!chain) return fail(chain.error());
  return delegated(std::move(*record), *chain);
}

Result<std::string> DnsSolver::locate(const Proof& proof, const ChallengeSettings&) {
  return record_for(proof).map([](const TxtRecord& record) { return record.target; });
}

Result<std::vector<TxtRecord>> DnsSolver::records_for(std::span<const Proof> proofs) {
  std::vector<TxtRecord> records;
  for (const auto& proof : proofs) {
    auto record = record_for(proof);
    if (!record) return fail(std::move(record.error()));
    records.push_back(std::move(*record));
  }
  return records;
}

HandOver DnsSolver::hand_over(const ChallengeSettings& settings) const {
  const auto chosen = provider(settings);
  return chosen ? (*chosen)->hand_over() : HandOver::each;
}

Result<void> DnsSolver::put(std::span<const TxtRecord> records, DnsProvider& provider) {
  {
    const std::lock_guard lock(mutex_);
    if (std::all_of(records.begin(), records.end(),
                    [&](const TxtRecord& record) { return placed_.contains(key_of(record)); }))
      return {};
  }
  if (auto present = provider.present(records); !present) return fail(std::move(present.error()));
  const std::lock_guard lock(mutex_);
  for (const auto& record : records) placed_.try_emplace(key_of(record), 0);
  return {};
}

Result<void> DnsSolver::place(std::span<const Proof> proofs, const ChallengeSettings& settings) {
  const auto chosen = provider(settings);
  if (!chosen) return fail(chosen.error());
  const auto records = records_for(proofs);
  return records ? put(*records, **chosen) : fail(records.error());
}

bool DnsSolver::enough(const TxtRecord& record, Spread spread) {
  if (spread == Spread::everywhere) return true;
  const std::lock_guard lock(mutex_);
  const auto found = placed_.find(key_of(record));
  if (found == placed_.end()) return false;
  int& looks = found->second;
  looks = spread == Spread::where_answered ? looks + 1 : 0;
  return looks >= kLooksDespiteSilence;
}

Result<Publication> DnsSolver::publish(const Proof& proof, const ChallengeSettings& settings) {
  const auto chosen = provider(settings);
  if (!chosen) return fail(chosen.error());
  const auto record = record_for(proof);
  if (!record) return fail(record.error());
  if (auto there = put({&*record, 1}, **chosen); !there) return fail(std::move(there.error()));
  Publication publication;
  publication.patience = patience_;
  const auto answers = resolver_.txt_everywhere(record->target);
  if (!answers) {
    if (answers.error().kind != TroubleKind::transient) return fail(answers.error());
    publication.missing = answers.error().why;
    return publication;
  }
  const auto spread = judge_propagation(*answers, {record->value});
  if (!enough(*record, spread.spread)) publication.missing = spread.summary();
  return publication;
}

Result<void> DnsSolver::withdraw(const Proof& proof, const ChallengeSettings& settings,
                                 ChallengeOutcome outcome) {
  return withdraw_together({&proof, 1}, settings, outcome);
}

Result<void> DnsSolver::withdraw_together(std::span<const Proof> proofs, const ChallengeSettings& settings,
                                          ChallengeOutcome outcome) {
  const auto chosen = provider(settings);
  if (!chosen) return fail(chosen.error());
  const auto records = records_for(proofs);
  if (!records) return fail(records.error());
  if (auto gone = (*chosen)->withdraw(*records, outcome); !gone) return gone;
  const std::lock_guard lock(mutex_);
  for (const auto& record : *records) placed_.erase(key_of(record));
  return {};
}

}  // namespace certmgr::solvers
