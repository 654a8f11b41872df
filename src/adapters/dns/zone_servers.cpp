// SPDX-License-Identifier: MIT
#include "adapters/dns/zone_servers.h"

#include <algorithm>

namespace certmgr::dns {
namespace {

constexpr std::size_t kMostServers = 32;

tl::unexpected<Trouble> no_zone(const std::string& name, std::string why) {
  return fail({.kind = TroubleKind::transient,
               .code = "dns_no_zone",
               .what = "cannot find the name servers for " + name,
               .why = std::move(why),
               .hint = "is the domain delegated? Compare: dig +trace " + name + " SOA"});
}

}  // namespace

Result<std::string> find_zone(const Lookup& lookup, const std::string& name) {
  for (std::string_view at = name; !at.empty(); at = parent_name(at)) {
    const auto reply = lookup.find(std::string(at), LDNS_RR_TYPE_SOA);
    if (!reply) return fail(reply.error());
    if (auto owner = soa_owner(*reply->packet); owner && is_within(at, *owner)) return std::move(*owner);
  }
  return no_zone(name, "neither it nor any name above it has an SOA record");
}

Result<std::vector<ZoneServer>> find_servers(const Lookup& lookup, const std::string& zone,
                                             std::uint16_t port) {
  const auto reply = lookup.find(zone, LDNS_RR_TYPE_NS);
  if (!reply) return fail(reply.error());
  std::vector<ZoneServer> servers;
  std::string missing;
  auto names = names_in(*reply->packet, LDNS_RR_TYPE_NS, zone);
  std::sort(names.begin(), names.end());  // servers turn the list with every answer
  for (const auto& name : names) {
    const auto before = servers.size();
    for (const auto type : {LDNS_RR_TYPE_A, LDNS_RR_TYPE_AAAA}) {
      const auto found = lookup.find(name, type);
      if (!found) continue;  // the other family may work
      for (auto& address : address_texts(*found->packet, type))
        if (servers.size() < kMostServers) servers.push_back({name, {std::move(address), port}});
    }
    if (servers.size() == before) missing += (missing.empty() ? "" : ", ") + name;
  }
  if (servers.empty())
    return no_zone(
        zone, missing.empty() ? "the zone has no NS record" : "its name servers have no address: " + missing);
  return servers;
}

}  // namespace certmgr::dns
