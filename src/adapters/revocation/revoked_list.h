// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/trouble.h"
#include "crypto/openssl_handles.h"

namespace certmgr::revocation {

/// A serial number of at most 20 octets (RFC 5280 section 4.1.2.2), without leading zeros.
struct Serial {
  std::array<std::uint8_t, 20> octets{};
  std::uint8_t length = 0;
  auto operator<=>(const Serial&) const = default;
};

struct RevokedEntry {
  Serial serial;
  std::int8_t reason = -1;  // CRLReason; -1: none given
  Instant at;
};

/// What a CRL says, once its signature was found right. A tenth of what OpenSSL keeps for it.
struct RevokedList {
  Instant this_update;
  Instant next_update;
  std::vector<std::string> scope;     // URLs of its issuing distribution point; empty: all of the issuer's
  std::vector<RevokedEntry> entries;  // by serial

  [[nodiscard]] const RevokedEntry* find(const Serial& serial) const;
};

/// Reads a DER CRL and believes it only if `issuer` signed it, may sign CRLs and has the CRL's issuer name,
/// if it covers end entities for all reasons by itself (no delta, no indirect CRL), if it has no critical
/// extension we do not know, and if `now` lies between its dates. `url` is for people. Troubles:
/// "crl_malformed", "crl_untrusted", "crl_unsupported", "crl_outdated".
Result<RevokedList> read_list(std::string_view der, X509& issuer, Instant now, const std::string& url);

/// Nothing when it has more than 20 octets or is negative.
std::optional<Serial> to_serial(const ASN1_INTEGER& value);

/// RFC 5280 section 5.3.1: "keyCompromise". Empty for none or an unknown one.
std::string reason_name(int reason);

}  // namespace certmgr::revocation
