// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/identifier.h"

namespace certmgr {

/// The types this program can prove; a CA may offer others, which are ignored. RFC 8555 section 8 (http-01,
/// dns-01), RFC 8737 (tls-alpn-01), draft-ietf-acme-dns-account-label, draft-ietf-acme-dns-persist.
enum class ChallengeType { http_01, tls_alpn_01, dns_01, dns_account_01, dns_persist_01 };
std::string_view to_string(ChallengeType type);
std::optional<ChallengeType> parse_challenge_type(std::string_view text);
/// "http-01, tls-alpn-01, ..."
std::string known_challenge_types();

/// Whether control of such an identifier can be proven so: a wildcard only over DNS (RFC 8555 section 7.1.3),
/// an address never over DNS (RFC 8738 section 7).
bool can_prove(ChallengeType type, const Identifier& identifier);

/// Proven by a record that is written for the occasion and removed again.
bool writes_to_dns(ChallengeType type);

/// How the challenge that something was published for has ended; some hooks want to know.
enum class ChallengeOutcome { accepted, failed };

/// How control of the identifiers is proven. What does not belong to the type is empty.
struct ChallengeSettings {
  ChallengeType type = ChallengeType::http_01;
  std::string webroot;     // http-01: folder a running web server publishes as "/"
  std::string listen;      // http-01 without webroot, tls-alpn-01: ADDR:PORT of our own listener, "[::]:80"
  std::string provider{};  // dns-01, dns-account-01: name of a [dns.NAME]
  bool operator==(const ChallengeSettings&) const = default;
};

/// The settings of a way that nobody configured: listeners at the ports the CAs ask for.
ChallengeSettings usual_way(ChallengeType type);

}  // namespace certmgr
