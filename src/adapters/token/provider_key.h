// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "adapters/token/opened_key.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::token {

/// The only private key that OSSL_STORE finds under the URI with this provider of OpenSSL. `folder` is
/// searched for the provider; empty: OpenSSL's own. Which PKCS#11 module the provider uses, its section of
/// openssl.cnf says. Trouble: "no_token_access" (configuration) if there is no such provider, "pin_refused"
/// and "token_key_missing" as far as OpenSSL tells, "token_key_ambiguous".
Result<OpenedKey> open_with_provider(const std::string& provider, const std::string& folder,
                                     const std::string& uri, const std::string& pin);

}  // namespace certmgr::token
