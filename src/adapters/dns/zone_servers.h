// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "adapters/dns/lookup.h"

namespace certmgr::dns {

/// One address of one authoritative server.
struct ZoneServer {
  std::string name;
  DnsServer at;
};

/// Where the zone that `name` is in begins. Asks for the SOA there and at its parents until one is found:
/// behind an alias, say, the answer tells of another zone.
Result<std::string> find_zone(const Lookup& lookup, const std::string& name);

/// Every address of every server of the zone, at most 32; `port` is 53 but in tests.
Result<std::vector<ZoneServer>> find_servers(const Lookup& lookup, const std::string& zone,
                                             std::uint16_t port);

}  // namespace certmgr::dns
