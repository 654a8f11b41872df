// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/acme/http_client.h"

namespace certmgr::acme {

/// The https URLs with this relation in the Link headers (RFC 8288), at most `most`.
std::vector<std::string> links_of(const HttpResponse& response, std::string_view relation, std::size_t most);

}  // namespace certmgr::acme
