// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "adapters/dns_providers/acme_dns_account.h"
#include "certmgr/ports/dns_provider.h"
#include "certmgr/ports/resolver.h"

namespace certmgr::dns_providers {

/// acme-dns: a name server for TXT values alone, that others are delegated to by CNAME. It keeps the last
/// two values of a name and has no way to remove one, so there is nothing to withdraw.
class AcmeDns final : public DnsProvider {
 public:
  AcmeDns(std::string name, AcmeDnsSettings settings, Duration limit, Resolver& resolver);

  Result<void> present(std::span<const TxtRecord> records) override;
  Result<void> withdraw(std::span<const TxtRecord> records, ChallengeOutcome outcome) override;

 private:
  Result<void> update(const TxtRecord& record);
  /// Does the name that the CA asks lead to the account's?
  Result<void> check_delegation(const TxtRecord& record, const AcmeDnsAccount& account,
                                const std::string& what);
  Result<void> send(const TxtRecord& record, const AcmeDnsAccount& account, const std::string& what) const;

  std::string name_;
  AcmeDnsSettings settings_;
  Duration limit_;
  Resolver& resolver_;
};

}  // namespace certmgr::dns_providers
