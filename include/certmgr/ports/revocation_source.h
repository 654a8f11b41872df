// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/domain/instant.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// What the CA says about a certificate.
struct RevocationAnswer {
  bool known = false;  // false: the certificate names no CRL over http
  bool revoked = false;
  Instant revoked_at;
  std::string reason;                  // RFC 5280 section 5.3.1
  std::optional<Instant> next_update;  // of the CRL
};

/// Asks the CA's CRL (RFC 5280 section 4.2.1.13). Thread-safe. The CRL is taken only with the signature
/// of the chain's issuer, and only if it is not out of date.
class RevocationSource {
 public:
  virtual ~RevocationSource() = default;
  /// `chain_pem` is Version::chain_pem.
  virtual Result<RevocationAnswer> ask(const std::string& chain_pem) = 0;
};

}  // namespace certmgr
