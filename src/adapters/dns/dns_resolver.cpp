// SPDX-License-Identifier: MIT
#include "adapters/dns/dns_resolver.h"

#include <algorithm>

#include "adapters/dns/everywhere.h"

namespace certmgr::dns {
namespace {

constexpr std::size_t kMostAliases = 8;

tl::unexpected<Trouble> loop(const CnameChain& chain, const std::string& why) {
  std::string detail;
  for (const auto& name : chain.names) detail += (detail.empty() ? "" : "\n-> ") + name;
  return fail({.kind = TroubleKind::permanent,
               .code = "dns_loop",
               .what = "cannot follow the CNAME records of " + chain.names.front(),
               .why = why,
               .hint = "let the CNAME point straight to the name that holds the record",
               .detail = std::move(detail)});
}

}  // namespace

DnsResolver::DnsResolver(DnsResolverSettings settings)
    : settings_(std::move(settings)),
      lookup_(settings_.resolvers.empty() ? settings_.system : settings_.resolvers, settings_.limit) {}

Result<TxtAnswers> DnsResolver::txt_everywhere(const std::string& name) {
  TxtAnswers answers;
  answers.name = name;
  std::vector<ZoneServer> servers;
  const bool recursive = !settings_.resolvers.empty();
  if (recursive) {
    for (const auto& resolver : settings_.resolvers) servers.push_back({resolver.text(), resolver});
  } else {
    auto zone = find_zone(lookup_, name);
    if (!zone) return fail(zone.error());
    auto found = find_servers(lookup_, *zone, settings_.authoritative_port);
    if (!found) return fail(found.error());
    answers.zone = std::move(*zone);
    servers = std::move(*found);
  }
  answers.servers = ask_everywhere(servers, name, recursive, settings_.limit);
  return answers;
}

Result<CnameChain> DnsResolver::cname_chain(const std::string& name) {
  CnameChain chain{{name}};
  while (true) {
    const auto reply = lookup_.find(chain.target(), LDNS_RR_TYPE_CNAME);
    if (!reply) return fail(reply.error());
    const auto& packet = *reply->packet;
    const auto next = names_in(packet, LDNS_RR_TYPE_CNAME, chain.target());
    if (next.empty() && has_answer(packet, LDNS_RR_TYPE_CNAME, chain.target()))
      return loop(chain, chain.target() + " leads to a name with characters that are not followed");
    if (next.empty()) return chain;
    if (std::find(chain.names.begin(), chain.names.end(), next.front()) != chain.names.end())
      return loop(chain, chain.target() + " leads back to " + next.front());
    if (chain.names.size() > kMostAliases)
      return loop(chain, "there are more than " + std::to_string(kMostAliases) + " of them");
    chain.names.push_back(next.front());
  }
}

Result<CaaSet> DnsResolver::caa(const std::string& name) {
  const auto base = parse_dns_name(name.starts_with("*.") ? name.substr(2) : name);
  if (!base) return fail(base.error());
  for (std::string_view at = *base; !at.empty(); at = parent_name(at)) {
    auto reply = lookup_.find(std::string(at), LDNS_RR_TYPE_CAA);
    if (!reply) {
      reply.error().hint = "CAs refuse to issue while this look-up fails; " + reply.error().hint;
      return fail(reply.error());
    }
    if (auto records = caa_records(*reply->packet); !records.empty())
      return CaaSet{std::string(at), std::move(records)};
  }
  return CaaSet{};
}

Result<HostAddresses> DnsResolver::addresses(const std::string& name) {
  HostAddresses found;
  for (const auto type : {LDNS_RR_TYPE_A, LDNS_RR_TYPE_AAAA}) {
    const auto reply = lookup_.find(name, type);
    if (!reply) return fail(reply.error());
    (type == LDNS_RR_TYPE_A ? found.v4 : found.v6) = address_texts(*reply->packet, type);
  }
  return found;
}

Result<DnssecState> DnsResolver::dnssec(const std::string& name) {
  // SOA: every zone has one, and a name without one proves in its answer that it has none.
  const auto checked = lookup_.find(name, LDNS_RR_TYPE_SOA, {.recursion = true, .validated = true});
  if (checked) return ldns_pkt_ad(checked->packet.get()) ? DnssecState::secure : DnssecState::insecure;
  if (checked.error().code != "dns_failed") return fail(checked.error());
  // A validating resolver says SERVFAIL for what it must not believe. Is it that, or is the zone down?
  const auto unchecked =
      lookup_.find(name, LDNS_RR_TYPE_SOA, {.recursion = true, .without_validation = true});
  if (!unchecked) return fail(unchecked.error());
  return DnssecState::bogus;
}

}  // namespace certmgr::dns
