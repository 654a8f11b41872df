// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "adapters/dns/exchange.h"
#include "adapters/dns/records.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::dns {

/// Questions to recursive servers: the given ones, or those of /etc/resolv.conf, which is read for each
/// question, as it changes when the network does. Thread-safe.
class Lookup {
 public:
  Lookup(std::vector<DnsServer> servers, Duration limit) : given_(std::move(servers)), limit_(limit) {}

  /// The first answer with NOERROR or NXDOMAIN that a server gives. Troubles "dns_no_answer" and
  /// "dns_failed" (a server answered, with SERVFAIL or another error).
  [[nodiscard]] Result<Reply> find(const std::string& name, ldns_rr_type type,
                                   QuestionFlags flags = {.recursion = true}) const;
  /// Configured servers, else the system's; trouble "dns_no_resolver" if there are none.
  [[nodiscard]] Result<std::vector<DnsServer>> servers() const;
  [[nodiscard]] Duration limit() const { return limit_; }

 private:
  std::vector<DnsServer> given_;
  Duration limit_;
};

}  // namespace certmgr::dns
