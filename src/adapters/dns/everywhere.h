// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "adapters/dns/zone_servers.h"
#include "certmgr/domain/propagation.h"

namespace certmgr::dns {

/// Asks all of them for the TXT records of `name`, several at a time; the answers come in the order of
/// `servers`. `recursive`: they are resolvers; else only an answer from the zone itself counts.
std::vector<ServerAnswer> ask_everywhere(const std::vector<ZoneServer>& servers, const std::string& name,
                                         bool recursive, Duration limit);

}  // namespace certmgr::dns
