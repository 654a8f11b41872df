// SPDX-License-Identifier: MIT
#include "adapters/dns/update.h"

#include "adapters/dns/records.h"

namespace certmgr::dns {
namespace {

constexpr std::uint16_t kFudge = 300;  // seconds; RFC 8945 section 10
constexpr std::size_t kLongestString = 255;

// RFC 8945 section 3, in the answer's TSIG record.
constexpr unsigned kBadSig = 16;
constexpr unsigned kBadKey = 17;
constexpr unsigned kBadTime = 18;
constexpr std::size_t kTsigMac = 3;
constexpr std::size_t kTsigError = 5;

/// The record to add, or, with class NONE and no lifetime, the one to delete.
RecordPtr txt_record(const TxtRecord& record, UpdateKind kind, std::uint32_t ttl) {
  DataPtr owner = to_data(record.target);
  if (!owner || record.value.size() > kLongestString) return nullptr;
  DataPtr value(ldns_rdf_new_frm_str(LDNS_RDF_TYPE_STR, record.value.c_str()));
  if (!value) return nullptr;
  RecordPtr made(ldns_rr_new());
  if (!made) return nullptr;
  ldns_rr_set_owner(made.get(), owner.release());
  ldns_rr_set_type(made.get(), LDNS_RR_TYPE_TXT);
  ldns_rr_set_class(made.get(), kind == UpdateKind::add ? LDNS_RR_CLASS_IN : LDNS_RR_CLASS_NONE);
  ldns_rr_set_ttl(made.get(), kind == UpdateKind::add ? ttl : 0);
  if (!ldns_rr_push_rdf(made.get(), value.get())) return nullptr;
  static_cast<void>(value.release());
  return made;
}

/// Null if a record cannot be written.
PacketPtr make_packet(const Update& update) {
  RecordListPtr changes(ldns_rr_list_new());
  for (const auto& record : update.records) {
    RecordPtr made = txt_record(record, update.kind, update.ttl);
    if (!made || !ldns_rr_list_push_rr(changes.get(), made.get())) return nullptr;
    static_cast<void>(made.release());
  }
  DataPtr zone = to_data(update.zone);
  if (!zone) return nullptr;
  // The list is copied, the zone's name becomes the packet's.
  PacketPtr packet(ldns_update_pkt_new(zone.get(), LDNS_RR_CLASS_IN, nullptr, changes.get(), nullptr));
  if (packet) {
    static_cast<void>(zone.release());
    ldns_pkt_set_random_id(packet.get());
  }
  return packet;
}

unsigned tsig_error(const ldns_pkt& packet) {
  const ldns_rr* tsig = ldns_pkt_tsig(&packet);
  if (tsig == nullptr || ldns_rr_rd_count(tsig) <= kTsigError) return 0;
  return ldns_rdf2native_int16(ldns_rr_rdf(tsig, kTsigError));
}

struct Refusal {
  TroubleKind kind;
  std::string why;
  std::string hint;
};

Refusal explain(const ldns_pkt& packet, const Update& update, const TsigKey& key) {
  const auto code = ldns_pkt_get_rcode(&packet);
  switch (tsig_error(packet)) {
    case kBadSig:
      return {TroubleKind::configuration, "it does not accept the signature (BADSIG)",
              "compare secret and algorithm of the key " + key.name + " on both sides"};
    case kBadKey:
      return {TroubleKind::configuration, "it does not know the key " + key.name + " (BADKEY)",
              "compare name and algorithm of the key on both sides"};
    case kBadTime:
      return {TroubleKind::transient, "its clock and ours differ by more than five minutes (BADTIME)",
              "set the clocks of both hosts"};
    default:
      break;
  }
  if (code == LDNS_RCODE_REFUSED)
    return {TroubleKind::configuration, "it refused the update (REFUSED)",
            "let the key " + key.name + " update the TXT records of " + update.zone +
                ": update-policy (BIND), acl (Knot)"};
  if (code == LDNS_RCODE_NOTAUTH || code == LDNS_RCODE_NOTZONE)
    return {TroubleKind::configuration, "it does not take updates for the zone " + update.zone,
            "name the primary server of the zone: server = \"...\""};
  if (code == LDNS_RCODE_SERVFAIL)
    return {TroubleKind::transient, "it could not carry out the update (SERVFAIL)",
            "look at its log; can it write the zone's journal?"};
  return {TroubleKind::permanent, "it answered " + rcode_text(packet), "look at its log"};
}

Trouble update_trouble(TroubleKind kind, std::string code, const std::string& what, std::string why,
                       std::string hint) {
  return {
      .kind = kind, .code = std::move(code), .what = what, .why = std::move(why), .hint = std::move(hint)};
}

Result<void> judge(const Reply& reply, const Update& update, const TsigKey& key, const ldns_rdf* mac,
                   const std::string& what) {
  auto* packet = reply.packet.get();
  const auto code = ldns_pkt_get_rcode(packet);
  if (code != LDNS_RCODE_NOERROR) {
    auto refusal = explain(*packet, update, key);
    return fail(update_trouble(refusal.kind, "dns_update_refused", what, std::move(refusal.why),
                               std::move(refusal.hint)));
  }
  if (!ldns_pkt_tsig_verify(packet, reply.wire.data(), reply.wire.size(), (key.name + ".").c_str(),
                            key.secret.text().c_str(), mac))
    return fail(update_trouble(TroubleKind::transient, "dns_update_unsigned", what,
                               "its answer is not signed with the key " + key.name,
                               "is somebody between us and the server?"));
  return {};
}

}  // namespace

Result<void> send_update(const DnsServer& server, const Update& update, const TsigKey& key, Duration limit,
                         const std::string& what) {
  const auto packet = make_packet(update);
  const bool made =
      packet && ldns_pkt_tsig_sign(packet.get(), (key.name + ".").c_str(), key.secret.text().c_str(), kFudge,
                                   (key.algorithm + ".").c_str(), nullptr) == LDNS_STATUS_OK;
  if (!made)
    return fail(update_trouble(TroubleKind::configuration, "dns_update_unsigned", what,
                               "the update could not be made or signed",
                               "is the TSIG key usable? Compare: nsupdate -k"));
  const DataPtr mac(ldns_rdf_clone(ldns_rr_rdf(ldns_pkt_tsig(packet.get()), kTsigMac)));
  const auto reply = send_by_tcp(server, to_wire(*packet), limit);
  if (!reply)
    return fail(update_trouble(TroubleKind::transient, "dns_server_unreachable", what,
                               server.text() + ": " + reply.error(),
                               "does it run, and may we reach it over TCP?"));
  if (ldns_pkt_id(reply->packet.get()) != ldns_pkt_id(packet.get()))
    return fail(update_trouble(TroubleKind::transient, "dns_server_unreachable", what,
                               server.text() + " answered something else", "try again"));
  return judge(*reply, update, key, mac.get(), what);
}

}  // namespace certmgr::dns
