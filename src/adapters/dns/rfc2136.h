// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "adapters/dns/update.h"
#include "certmgr/ports/dns_provider.h"

namespace certmgr::dns {

/// Updates a zone's primary server (RFC 2136), signed with TSIG (RFC 8945). One message per zone.
class Rfc2136 final : public DnsProvider {
 public:
  /// `name` is that of [dns.NAME]. `limit` bounds one exchange with the server.
  Rfc2136(std::string name, Rfc2136Settings settings, Duration limit);

  Result<void> present(std::span<const TxtRecord> records) override;
  Result<void> withdraw(std::span<const TxtRecord> records, ChallengeOutcome outcome) override;

 private:
  Result<void> change(std::span<const TxtRecord> records, UpdateKind kind);
  [[nodiscard]] Result<std::vector<DnsServer>> server_addresses(const std::string& what) const;
  [[nodiscard]] Result<std::string> zone_of(const DnsServer& server, const std::string& name,
                                            const std::string& what) const;
  Result<void> change_at(const DnsServer& server, std::span<const TxtRecord> records, UpdateKind kind,
                         const TsigKey& key, const std::string& what) const;

  std::string name_;
  Rfc2136Settings settings_;
  Duration limit_;
};

}  // namespace certmgr::dns
