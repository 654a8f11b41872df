// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "adapters/acme/http_client.h"

namespace certmgr::acme {

/// The URL of the first link with this relation (RFC 8288), empty if there is none. Several links in one
/// header and several headers are the same thing; the URL must be an absolute https one.
std::string link_target(const HttpResponse& response, const std::string& relation);

}  // namespace certmgr::acme
