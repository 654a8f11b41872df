// SPDX-License-Identifier: MIT
#pragma once

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {

/// Who may sign a request: an account (kid), a bare key (jwk), or either of them.
enum class Signer { account, bare_key, either };

/// Looks at a POST as RFC 8555 section 6 demands: media type, User-Agent, form, key, algorithm, signature,
/// URL, nonce. Refusal with what is wrong.
Signed authenticate(Core& core, const Request& request, Signer wanted);

/// Refusal with 406 when the client would not take `media_type`.
void demand_accepted(const Request& request, const std::string& media_type);

}  // namespace certmgr::lab::strict
