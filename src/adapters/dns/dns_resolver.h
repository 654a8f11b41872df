// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "adapters/dns/lookup.h"
#include "certmgr/ports/resolver.h"

namespace certmgr::dns {

struct DnsResolverSettings {
  /// Asked in the place of the authoritative servers and of the system's resolvers (split horizon).
  std::vector<DnsServer> resolvers = {};
  Duration limit = std::chrono::seconds(3);  // of one question to one server
  /// For tests: who stands in for /etc/resolv.conf, and where authoritative servers listen.
  std::vector<DnsServer> system = {};
  std::uint16_t authoritative_port = 53;
};

/// The Resolver port over ldns.
class DnsResolver final : public Resolver {
 public:
  explicit DnsResolver(DnsResolverSettings settings);

  Result<TxtAnswers> txt_everywhere(const std::string& name) override;
  Result<CnameChain> cname_chain(const std::string& name) override;
  Result<CaaSet> caa(const std::string& name) override;
  Result<HostAddresses> addresses(const std::string& name) override;
  Result<DnssecState> dnssec(const std::string& name) override;

 private:
  DnsResolverSettings settings_;
  Lookup lookup_;
};

}  // namespace certmgr::dns
