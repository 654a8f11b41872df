// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "crypto/openssl_handles.h"

namespace certmgr::revocation {

/// The http and https URLs of a distribution point's full name.
std::vector<std::string> urls_of(const DIST_POINT_NAME& name);

/// Where the certificate's own issuer says that its revocations are listed (RFC 5280 section 4.2.1.13):
/// http and https URLs, at most eight. Points that are for some reasons only, or with a list of somebody
/// else, are left out.
std::vector<std::string> list_urls(X509& certificate);

}  // namespace certmgr::revocation
