// SPDX-License-Identifier: MIT
#include "adapters/dns/rfc2136.h"

#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <map>
#include <memory>

#include "adapters/dns/records.h"

namespace certmgr::dns {
namespace {

constexpr std::size_t kMostAddresses = 4;
constexpr Duration kLongestQuestion = std::chrono::seconds(5);

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

Trouble trouble(TroubleKind kind, std::string code, const std::string& what, std::string why,
                std::string hint) {
  return {
      .kind = kind, .code = std::move(code), .what = what, .why = std::move(why), .hint = std::move(hint)};
}

bool is_silence(const Trouble& trouble) { return trouble.code == "dns_server_unreachable"; }

}  // namespace

Rfc2136::Rfc2136(std::string name, Rfc2136Settings settings, Duration limit)
    : name_(std::move(name)), settings_(std::move(settings)), limit_(limit) {}

Result<std::vector<DnsServer>> Rfc2136::server_addresses(const std::string& what) const {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(settings_.server.host.c_str(), nullptr, &hints, &list);
  const std::unique_ptr<addrinfo, FreeAddresses> owned(list);
  std::vector<DnsServer> servers;
  for (const auto* one = list; error == 0 && one != nullptr && servers.size() < kMostAddresses;
       one = one->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) ==
        0)
      servers.push_back({text.data(), settings_.server.port});
  }
  if (!servers.empty()) return servers;
  return fail(trouble(error == EAI_NONAME ? TroubleKind::configuration : TroubleKind::transient,
                      "dns_server_unreachable", what,
                      settings_.server.host + ": " + (error != 0 ? ::gai_strerror(error) : "has no address"),
                      "correct server in [dns." + name_ + "]"));
}

/// The server itself is asked: it knows its zones, also those that the rest of the world sees differently.
Result<std::string> Rfc2136::zone_of(const DnsServer& server, const std::string& name,
                                     const std::string& what) const {
  if (!settings_.zone.empty()) {
    if (is_within(name, settings_.zone)) return settings_.zone;
    return fail(trouble(TroubleKind::configuration, "dns_no_zone", what,
                        name + " is not in the zone " + settings_.zone,
                        "correct or remove zone in [dns." + name_ + "]"));
  }
  std::string said;
  for (std::string_view at = name; !at.empty(); at = parent_name(at)) {
    const auto question = make_question(std::string(at), LDNS_RR_TYPE_SOA, {});
    if (!question) break;
    const auto reply = ask(server, *question, std::min(limit_, kLongestQuestion));
    if (!reply)
      return fail(trouble(TroubleKind::transient, "dns_server_unreachable", what,
                          server.text() + ": " + reply.error(), "does it run, and may we reach it?"));
    const auto& packet = *reply->packet;
    said = rcode_text(packet);
    // Without AA it tells of somebody else's zone, which it cannot change.
    if (auto owner = soa_owner(packet); owner && ldns_pkt_aa(&packet) && is_within(at, *owner))
      return std::move(*owner);
  }
  return fail(trouble(TroubleKind::configuration, "dns_no_zone", what,
                      server.text() + " serves no zone that " + name + " is in (it said " + said + ")",
                      "name the primary server of the zone, or set zone in [dns." + name_ + "]"));
}

Result<void> Rfc2136::change_at(const DnsServer& server, std::span<const TxtRecord> records, UpdateKind kind,
                                const TsigKey& key, const std::string& what) const {
  std::map<std::string, std::vector<TxtRecord>> by_zone;
  for (const auto& record : records) {
    auto zone = zone_of(server, record.target, what);
    if (!zone) return fail(zone.error());
    by_zone[*zone].push_back(record);
  }
  for (const auto& [zone, its] : by_zone) {
    const Update update{zone, kind, its, static_cast<std::uint32_t>(settings_.ttl.count())};
    if (auto sent = send_update(server, update, key, limit_, what); !sent) return sent;
  }
  return {};
}

Result<void> Rfc2136::change(std::span<const TxtRecord> records, UpdateKind kind) {
  if (records.empty()) return {};
  for (const auto& record : records)
    if (auto good = check(record); !good) return good;
  const std::string what = std::string(kind == UpdateKind::add ? "cannot add" : "cannot remove") +
                           " the TXT record " + records.front().target + " with [dns." + name_ + "]";
  const auto key = load_tsig_key(settings_, what);
  if (!key) return fail(key.error());
  const auto servers = server_addresses(what);
  if (!servers) return fail(servers.error());
  Result<void> done;
  for (const auto& server : *servers) {
    done = change_at(server, records, kind, *key, what);
    if (done || !is_silence(done.error())) break;
  }
  return done;
}

Result<void> Rfc2136::present(std::span<const TxtRecord> records) { return change(records, UpdateKind::add); }

Result<void> Rfc2136::withdraw(std::span<const TxtRecord> records, ChallengeOutcome) {
  return change(records, UpdateKind::remove);
}

}  // namespace certmgr::dns
