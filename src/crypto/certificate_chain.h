// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/certificate.h"
#include "certmgr/domain/issued_check.h"
#include "certmgr/domain/trouble.h"
#include "crypto/openssl_handles.h"

namespace certmgr::crypto {

inline constexpr std::size_t kMostInChain = 10;

/// Reads at most `most` CERTIFICATE blocks of a PEM text, ignoring text between them; any other kind
/// of block, trailing rubbish inside a block, or none at all is a trouble.
Result<std::vector<X509Ptr>> parse_chain(std::string_view pem, std::size_t most = kMostInChain);
/// What the chain says. `broken_link` is set when a certificate is not signed by the next one.
Result<ChainFacts> read_chain(std::string_view pem);

/// Hex SHA-256 of the certificate's DER.
std::string fingerprint(X509& certificate);
/// First DNS SAN, else the subject's DN in one line. Control characters are escaped.
std::string display_name(X509& certificate);
/// The issuer's CN, else its DN. Control characters are escaped.
std::string issuer_name(X509& certificate);
Instant not_before(X509& certificate);
Instant not_after(X509& certificate);

// ChainFacts::chain_pem is cut by the domain.
using certmgr::split_chain;
using certmgr::SplitChain;

}  // namespace certmgr::crypto
