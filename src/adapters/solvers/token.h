// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "certmgr/domain/order.h"

namespace certmgr::solvers {

/// The path RFC 8555 section 8.3 asks for; a token follows.
inline constexpr std::string_view kWellKnown = "/.well-known/acme-challenge/";

/// A token becomes part of a path and comes from the CA: 1 to 256 characters of base64url, or refused.
Result<void> check_token(const Proof& proof);

}  // namespace certmgr::solvers
