// SPDX-License-Identifier: MIT
#include "adapters/dns/lookup.h"

namespace certmgr::dns {
namespace {

constexpr const char* kSystemFile = "/etc/resolv.conf";

std::vector<DnsServer> system_servers() {
  ldns_resolver* found = nullptr;
  if (ldns_resolver_new_frm_file(&found, kSystemFile) != LDNS_STATUS_OK) return {};
  const ResolverPtr resolver(found);
  std::vector<DnsServer> servers;
  for (std::size_t i = 0; i < ldns_resolver_nameserver_count(found); ++i) {
    const TextPtr text(ldns_rdf2str(ldns_resolver_nameservers(found)[i]));
    if (text) servers.push_back({text.get(), ldns_resolver_port(found)});
  }
  return servers;
}

std::string type_text(ldns_rr_type type) {
  const TextPtr text(ldns_rr_type2str(type));
  return text ? text.get() : "record";
}

bool usable(const ldns_pkt& packet) {
  const auto code = ldns_pkt_get_rcode(&packet);
  return code == LDNS_RCODE_NOERROR || code == LDNS_RCODE_NXDOMAIN;
}

Trouble silent(const std::string& name, ldns_rr_type type, const std::string& said) {
  return {.kind = TroubleKind::transient,
          .code = "dns_no_answer",
          .what = "cannot look up the " + type_text(type) + " record of " + name,
          .why = said,
          .hint = "check the name servers in /etc/resolv.conf, or name others: [challenge.dns-01] resolvers"};
}

}  // namespace

Result<std::vector<DnsServer>> Lookup::servers() const {
  auto servers = given_.empty() ? system_servers() : given_;
  if (servers.empty())
    return fail({.kind = TroubleKind::configuration,
                 .code = "dns_no_resolver",
                 .what = "cannot look anything up in the DNS",
                 .why = std::string(kSystemFile) + " names no server",
                 .hint = "repair it, or set [challenge.dns-01] resolvers = [\"192.0.2.53\"]"});
  return servers;
}

Result<Reply> Lookup::find(const std::string& name, ldns_rr_type type, QuestionFlags flags) const {
  const auto all = servers();
  if (!all) return fail(all.error());
  const auto question = make_question(name, type, flags);
  if (!question) return fail(silent(name, type, "the name cannot be asked for"));
  std::string said;
  bool answered = false;
  for (const auto& server : *all) {
    auto reply = ask(server, *question, limit_);
    if (reply && usable(*reply->packet)) return std::move(*reply);
    answered = answered || reply.has_value();
    said += (said.empty() ? "" : "; ") + server.text() + ": " +
            (reply ? rcode_text(*reply->packet) : reply.error());
  }
  Trouble trouble = silent(name, type, said);
  if (answered) {
    trouble.code = "dns_failed";
    trouble.hint = "look at the zone's servers and at its DNSSEC signatures";
  }
  return fail(trouble);
}

}  // namespace certmgr::dns
