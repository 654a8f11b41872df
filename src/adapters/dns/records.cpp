// SPDX-License-Identifier: MIT
#include "adapters/dns/records.h"

#include <algorithm>

#include "certmgr/domain/dns.h"

namespace certmgr::dns {
namespace {

constexpr std::uint16_t kUdpSize = 1232;
constexpr std::size_t kMostRecords = 256;

std::string octets_of(const ldns_rdf& data) {
  const auto* begin = reinterpret_cast<const char*>(ldns_rdf_data(&data));
  return {begin, ldns_rdf_size(&data)};
}

/// A string that begins with its length, as TXT and CAA tags have it.
std::string counted(const ldns_rdf& data) {
  auto text = octets_of(data);
  if (!text.empty()) text.erase(0, 1);
  return text;
}

/// Calls `take` for every record of a type in a section; `owner` empty: whoever owns it.
template <class Take>
void for_each(const ldns_rr_list* section, ldns_rr_type type, const std::string& owner, const Take& take) {
  const DataPtr wanted = owner.empty() ? nullptr : to_data(owner);
  const std::size_t count = std::min(section == nullptr ? 0 : ldns_rr_list_rr_count(section), kMostRecords);
  for (std::size_t i = 0; i < count; ++i) {
    const ldns_rr* record = ldns_rr_list_rr(section, i);
    if (ldns_rr_get_type(record) != type) continue;
    if (wanted && ldns_dname_compare(ldns_rr_owner(record), wanted.get()) != 0) continue;
    take(*record);
  }
}

}  // namespace

DataPtr to_data(const std::string& name) { return DataPtr(ldns_dname_new_frm_str((name + ".").c_str())); }

std::optional<std::string> to_name(const ldns_rdf* name) {
  if (name == nullptr) return std::nullopt;
  const TextPtr text(ldns_rdf2str(name));
  if (!text) return std::nullopt;
  auto parsed = parse_dns_name(text.get());
  if (!parsed) return std::nullopt;
  return std::move(*parsed);
}

PacketPtr make_question(const std::string& name, ldns_rr_type type, QuestionFlags flags) {
  DataPtr owner = to_data(name);
  if (!owner) return nullptr;
  PacketPtr packet(ldns_pkt_query_new(owner.release(), type, LDNS_RR_CLASS_IN,
                                      static_cast<std::uint16_t>(flags.recursion ? LDNS_RD : 0)));
  if (!packet) return nullptr;
  ldns_pkt_set_random_id(packet.get());
  ldns_pkt_set_edns_udp_size(packet.get(), kUdpSize);
  ldns_pkt_set_ad(packet.get(), flags.validated);
  ldns_pkt_set_cd(packet.get(), flags.without_validation);
  return packet;
}

std::vector<std::string> txt_values(const ldns_pkt& packet, const std::string& owner) {
  std::vector<std::string> values;
  for_each(ldns_pkt_answer(&packet), LDNS_RR_TYPE_TXT, owner, [&](const ldns_rr& record) {
    std::vector<std::string> strings;
    for (std::size_t i = 0; i < ldns_rr_rd_count(&record); ++i)
      strings.push_back(counted(*ldns_rr_rdf(&record, i)));
    values.push_back(join_strings(strings));
  });
  return values;
}

std::vector<CaaRecord> caa_records(const ldns_pkt& packet) {
  std::vector<CaaRecord> records;
  for_each(ldns_pkt_answer(&packet), LDNS_RR_TYPE_CAA, "", [&](const ldns_rr& record) {
    if (ldns_rr_rd_count(&record) != 3) return;
    CaaRecord caa;
    caa.flags = ldns_rdf2native_int8(ldns_rr_rdf(&record, 0));
    caa.tag = counted(*ldns_rr_rdf(&record, 1));
    std::transform(caa.tag.begin(), caa.tag.end(), caa.tag.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    caa.value = octets_of(*ldns_rr_rdf(&record, 2));
    records.push_back(std::move(caa));
  });
  return records;
}

std::vector<std::string> address_texts(const ldns_pkt& packet, ldns_rr_type type) {
  std::vector<std::string> texts;
  for_each(ldns_pkt_answer(&packet), type, "", [&](const ldns_rr& record) {
    if (ldns_rr_rd_count(&record) != 1) return;
    const TextPtr text(ldns_rdf2str(ldns_rr_rdf(&record, 0)));
    if (text) texts.emplace_back(text.get());
  });
  return texts;
}

std::vector<std::string> names_in(const ldns_pkt& packet, ldns_rr_type type, const std::string& owner) {
  std::vector<std::string> names;
  for_each(ldns_pkt_answer(&packet), type, owner, [&](const ldns_rr& record) {
    if (ldns_rr_rd_count(&record) != 1) return;
    if (auto name = to_name(ldns_rr_rdf(&record, 0))) names.push_back(std::move(*name));
  });
  return names;
}

std::optional<std::string> soa_owner(const ldns_pkt& packet) {
  std::optional<std::string> owner;
  for (const auto* section : {ldns_pkt_answer(&packet), ldns_pkt_authority(&packet)})
    for_each(section, LDNS_RR_TYPE_SOA, "", [&](const ldns_rr& record) {
      if (!owner) owner = to_name(ldns_rr_owner(&record));
    });
  return owner;
}

bool has_answer(const ldns_pkt& packet, ldns_rr_type type, const std::string& owner) {
  bool found = false;
  for_each(ldns_pkt_answer(&packet), type, owner, [&](const ldns_rr&) { found = true; });
  return found;
}

std::string rcode_text(const ldns_pkt& packet) {
  const TextPtr text(ldns_pkt_rcode2str(ldns_pkt_get_rcode(&packet)));
  return text ? text.get() : "an unknown code";
}

}  // namespace certmgr::dns
