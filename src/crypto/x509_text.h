// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/identifier.h"
#include "certmgr/domain/instant.h"
#include "crypto/openssl_handles.h"

namespace certmgr::crypto {

/// Every octet outside printable ASCII, and the backslash, as \xNN; cut after `most` octets. What a
/// certificate says reaches terminals, logs and JSON only through this.
std::string escaped(std::string_view text, std::size_t most = 512);
/// A distinguished name in one line of printable ASCII (RFC 2253). Empty for an empty name.
std::string one_line(const X509_NAME& name);
/// The first commonName, escaped. Empty when there is none.
std::string common_name(const X509_NAME& name);
std::optional<Instant> to_instant(const ASN1_TIME* time);

struct AltNames {
  std::vector<Identifier> names;    // DNS names in lower case, and addresses, in the certificate's order
  std::vector<std::string> others;  // all else; escaped
};
/// nullopt when the extension cannot be decoded or is there twice.
std::optional<AltNames> alt_names(const X509& certificate);
/// The same of a request's extensions; `extensions` may be nullptr.
std::optional<AltNames> alt_names(const STACK_OF(X509_EXTENSION) * extensions);

}  // namespace certmgr::crypto
