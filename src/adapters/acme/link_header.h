// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "adapters/acme/http_client.h"

namespace certmgr::acme {

/// The URLs of the links with this relation (RFC 8288), each once, at most `most`. Several links in one
/// header and several headers are the same thing; a URL must be an absolute https one of at most 2048 octets.
std::vector<std::string> link_targets(const HttpResponse& response, const std::string& relation,
                                      std::size_t most);
/// The first of them, empty if there is none.
std::string link_target(const HttpResponse& response, const std::string& relation);

}  // namespace certmgr::acme
