// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/caa.h"
#include "certmgr/domain/dns.h"
#include "certmgr/domain/propagation.h"

namespace certmgr {

/// Asks the DNS. Names are as of parse_dns_name(). Thread-safe; nothing is cached. A name that does not
/// exist is an empty answer, not a trouble. Troubles: "dns_no_answer" and "dns_failed" (transient),
/// "dns_loop" (permanent; also a chain of more than eight aliases), "bad_dns_name".
class Resolver {
 public:
  virtual ~Resolver() = default;
  /// What every authoritative server of the name's zone has, each asked on each of its addresses with a
  /// time limit of its own, at the same time; with configured resolvers, what those say. Aliases are not
  /// followed: ask for the end of cname_chain(). judge_propagation() reads the answer.
  virtual Result<TxtAnswers> txt_everywhere(const std::string& name) = 0;
  virtual Result<CnameChain> cname_chain(const std::string& name) = 0;
  /// RFC 8659 section 3, with climbing. `name` may begin with "*.".
  virtual Result<CaaSet> caa(const std::string& name) = 0;
  virtual Result<HostAddresses> addresses(const std::string& name) = 0;
  /// By the resolver's AD bit; for a SERVFAIL, whether the same question without validation works.
  virtual Result<DnssecState> dnssec(const std::string& name) = 0;
};

}  // namespace certmgr
