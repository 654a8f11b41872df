// SPDX-License-Identifier: MIT
#include "lab/strict_ca/text_records.h"

// Before ldns, which else makes its own `bool`.
#include <cstdbool>
//
#include <ldns/ldns.h>

#include <memory>
#include <optional>
#include <stdexcept>

#include "lab/openssl_handles.h"

namespace certmgr::lab::strict {
namespace {

constexpr int kMostAliases = 8;

using ResolverPtr = std::unique_ptr<ldns_resolver, Freed<ldns_resolver_deep_free>>;
using RdfPtr = std::unique_ptr<ldns_rdf, Freed<ldns_rdf_deep_free>>;
using PacketPtr = std::unique_ptr<ldns_pkt, Freed<ldns_pkt_free>>;

ResolverPtr resolver_for(const std::string& server) {
  const auto colon = server.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error("no DNS server was given to this CA");
  std::string host = server.substr(0, colon);
  const bool six = host.find(':') != std::string::npos;
  if (six) host = host.substr(1, host.size() - 2);  // without the brackets
  const RdfPtr address(ldns_rdf_new_frm_str(six ? LDNS_RDF_TYPE_AAAA : LDNS_RDF_TYPE_A, host.c_str()));
  ResolverPtr resolver(ldns_resolver_new());
  if (address == nullptr || ldns_resolver_push_nameserver(resolver.get(), address.get()) != LDNS_STATUS_OK)
    throw std::runtime_error(host + " is no address of a DNS server");
  ldns_resolver_set_port(resolver.get(), static_cast<std::uint16_t>(std::stoi(server.substr(colon + 1))));
  ldns_resolver_set_timeout(resolver.get(), timeval{.tv_sec = 2, .tv_usec = 0});
  ldns_resolver_set_retry(resolver.get(), 2);
  ldns_resolver_set_fallback(resolver.get(), true);
  return resolver;
}

PacketPtr asked(const ldns_resolver& resolver, const ldns_rdf& name, const std::string& text) {
  ldns_pkt* raw = nullptr;
  const auto status = ldns_resolver_query_status(&raw, const_cast<ldns_resolver*>(&resolver), &name,
                                                 LDNS_RR_TYPE_TXT, LDNS_RR_CLASS_IN, LDNS_RD);
  PacketPtr packet(raw);
  if (status != LDNS_STATUS_OK || packet == nullptr)
    throw std::runtime_error("DNS problem: no answer for TXT " + text);
  const auto code = ldns_pkt_get_rcode(packet.get());
  if (code == LDNS_RCODE_NXDOMAIN)
    throw std::runtime_error("DNS problem: NXDOMAIN looking up TXT for " + text);
  if (code != LDNS_RCODE_NOERROR)
    throw std::runtime_error("DNS problem: an error looking up TXT for " + text);
  return packet;
}

std::string joined(const ldns_rr& record) {
  std::string text;
  for (std::size_t i = 0; i < ldns_rr_rd_count(&record); ++i) {
    const ldns_rdf* piece = ldns_rr_rdf(&record, i);
    const auto* octets = ldns_rdf_data(piece);
    text.append(reinterpret_cast<const char*>(octets) + 1, octets[0]);
  }
  return text;
}

/// Records of this owner in an answer; where an alias leads, if it is one.
struct Found {
  std::vector<std::string> texts;
  RdfPtr alias;
};

Found read(const ldns_pkt& packet, const ldns_rdf& owner) {
  Found found;
  const ldns_rr_list* answer = ldns_pkt_answer(&packet);
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(answer); ++i) {
    const ldns_rr* record = ldns_rr_list_rr(answer, i);
    if (ldns_dname_compare(ldns_rr_owner(record), &owner) != 0) continue;
    if (ldns_rr_get_type(record) == LDNS_RR_TYPE_TXT) found.texts.push_back(joined(*record));
    if (ldns_rr_get_type(record) == LDNS_RR_TYPE_CNAME)
      found.alias.reset(ldns_rdf_clone(ldns_rr_rdf(record, 0)));
  }
  return found;
}

}  // namespace

std::vector<std::string> text_records(const std::string& name, const std::string& server) {
  const auto resolver = resolver_for(server);
  RdfPtr owner(ldns_dname_new_frm_str(name.c_str()));
  if (owner == nullptr) throw std::runtime_error(name + " is no DNS name");
  for (int aliases = 0; aliases <= kMostAliases; ++aliases) {
    const auto packet = asked(*resolver, *owner, name);
    auto found = read(*packet, *owner);
    if (!found.texts.empty()) return found.texts;
    if (found.alias == nullptr) throw std::runtime_error("DNS problem: no TXT record found at " + name);
    owner = std::move(found.alias);
  }
  throw std::runtime_error("DNS problem: too many aliases from " + name);
}

}  // namespace certmgr::lab::strict
