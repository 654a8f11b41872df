// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/caa.h"
#include "certmgr/domain/certificate.h"
#include "certmgr/domain/dns.h"
#include "certmgr/domain/finding.h"

namespace certmgr {

// What can be seen from here before an order spends the CA's rate limit: facts in, findings out. A problem
// is what the CA will refuse for sure; everything that cannot be known from this host is a warning at most.

/// The CA an order is for. Nothing of it is known while it cannot be reached.
struct CaFacts {
  std::string name;                         // as configured
  std::vector<std::string> caa_identities;  // RFC 8555 section 7.1.1; empty: it does not tell
  std::string account_url;                  // empty: none yet
  std::optional<Duration> clock_ahead;  // our clock ahead of the CA's (its Date header); negative: behind it
};

/// One fetch of a proof over HTTP, as the CA will do it (RFC 8555 section 8.3).
struct ProofFetch {
  std::string from;                // "192.0.2.1:80"
  std::optional<Trouble> trouble;  // nothing: our proof came back
};

/// What the DNS says of one identifier. Nothing: it was not asked.
struct NameFacts {
  Identifier identifier;
  std::optional<Result<CaaSet>> caa = {};
  std::optional<DnssecState> dnssec = {};  // asked where the CAA look-up failed
  std::optional<Result<HostAddresses>> addresses = {};
  std::vector<ProofFetch> fetched = {};
};

/// Whether proofs could be published this way.
struct WayFacts {
  ChallengeSettings way;
  std::optional<Trouble> trouble = {};
};

struct PreflightFacts {
  std::optional<CaFacts> ca = {};
  std::vector<NameFacts> names = {};
  std::vector<std::string> own_addresses = {};  // of this host's interfaces
  std::vector<WayFacts> ways = {};
};

/// Check "caa" and, for a look-up that fails because its signatures do not hold, "dnssec". RFC 8659, RFC
/// 8657; the Baseline Requirements (3.2.2.8.1) want CAs to refuse both. Allowed by one of the ways is
/// allowed.
std::optional<Finding> judge_name_caa(const NameFacts& name, const std::vector<ChallengeSettings>& ways,
                                      const std::optional<CaFacts>& ca);
/// Check "address": does the name lead to this host? A warning at most: behind NAT it cannot be known.
std::optional<Finding> judge_addresses(const NameFacts& name, const std::vector<std::string>& own);
/// Check "proof": does a proof that is published here come back from where the name leads?
std::vector<Finding> judge_fetches(const NameFacts& name);
/// Check "clock". A warning from a minute on; a problem where certificates as CAs make them, backdated by an
/// hour and valid for six days or more, would not be valid here or would be renewed at wrong times.
std::optional<Finding> judge_clock(const CaFacts& ca);
/// Check "challenge": a warning, as what holds a port may let go of it.
Finding judge_way(const WayFacts& way);

/// All of them, in the order in which they are to be told.
std::vector<Finding> judge_preflight(const CertificateSpec& spec, const PreflightFacts& facts);

/// An address that no CA on the internet could reach: private, loopback, link-local, shared.
bool is_internal_address(std::string_view address);

}  // namespace certmgr
