// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/order.h"
#include "crypto/openssl_handles.h"

namespace certmgr::solvers {

/// What a tls-alpn-01 proof shows (RFC 8737 section 3): self-signed, for the one identifier, with the digest
/// of the key authorization in the critical acmeIdentifier extension.
struct AlpnCertificate {
  crypto::PkeyPtr key;
  crypto::X509Ptr certificate;
};
Result<AlpnCertificate> make_alpn_certificate(const Proof& proof);

/// The server name under which the CA asks for it: the name itself, for an address its name in the reverse
/// tree (RFC 8738 section 6).
std::string alpn_server_name(const Identifier& identifier);

}  // namespace certmgr::solvers
