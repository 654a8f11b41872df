// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "certmgr/ports/dns_provider.h"
#include "certmgr/ports/resolver.h"
#include "certmgr/ports/solver.h"

namespace certmgr::solvers {

/// dns-01 (RFC 8555 section 8.4) and dns-account-01 (draft-ietf-acme-dns-account-label): puts the value where
/// the name's aliases end, and calls it published once the zone's servers have it.
class DnsSolver : public Solver {
 public:
  /// `resolver` outlives the solver. `patience`: how long a record may take to be seen everywhere.
  DnsSolver(Resolver& resolver, std::map<std::string, std::unique_ptr<DnsProvider>> providers,
            std::chrono::seconds patience);

  Result<void> check(const ChallengeSettings& settings) override;
  Result<std::string> locate(const Proof& proof, const ChallengeSettings& settings) override;
  [[nodiscard]] HandOver hand_over(const ChallengeSettings& settings) const override;
  Result<void> place(std::span<const Proof> proofs, const ChallengeSettings& settings) override;
  Result<Publication> publish(const Proof& proof, const ChallengeSettings& settings) override;
  Result<void> withdraw(const Proof& proof, const ChallengeSettings& settings,
                        ChallengeOutcome outcome) override;
  Result<void> withdraw_together(std::span<const Proof> proofs, const ChallengeSettings& settings,
                                 ChallengeOutcome outcome) override;

 private:
  Result<DnsProvider*> provider(const ChallengeSettings& settings) const;
  Result<TxtRecord> record_for(const Proof& proof);
  Result<std::vector<TxtRecord>> records_for(std::span<const Proof> proofs);
  Result<void> put(std::span<const TxtRecord> records, DnsProvider& provider);
  bool enough(const TxtRecord& record, Spread spread);

  Resolver& resolver_;
  std::map<std::string, std::unique_ptr<DnsProvider>> providers_;
  std::chrono::seconds patience_;
  std::mutex mutex_;
  /// What was put by target and value: the looks in a row at which every server that answered had it, while
  /// others were silent.
  std::map<std::pair<std::string, std::string>, int> placed_;
};

}  // namespace certmgr::solvers
