// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "adapters/acme/http_client.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::acme {

/// A problem document (RFC 7807, RFC 8555 section 6.7) with its subproblems, as a trouble with code
/// "acme_TYPE". `what` is left to the caller.
Trouble read_problem(const nlohmann::json& problem);

/// The trouble in a reply that is no success: its problem document, or what else can be said.
Trouble trouble_of(const HttpResponse& response, const std::string& ca_name, const std::string& url,
                   Instant now);

/// Retry-After (RFC 9110 section 10.2.3) in either form, at most a week away.
std::optional<Instant> retry_after(const HttpResponse& response, Instant now);

/// How far `now` is ahead of a reply's Date header (RFC 9110 section 6.6.1); nothing where that is none.
std::optional<Duration> clock_ahead_of(const std::string& date, Instant now);

/// True for urn:ietf:params:acme:error:badNonce.
bool is_bad_nonce(const HttpResponse& response);

}  // namespace certmgr::acme
