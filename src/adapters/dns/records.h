// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/dns/ldns_handles.h"
#include "certmgr/domain/caa.h"

namespace certmgr::dns {

/// A name for the library; null if it takes no such name.
DataPtr to_data(const std::string& name);
/// As of parse_dns_name(); nullopt for names we do not handle (blanks, escapes, the root).
std::optional<std::string> to_name(const ldns_rdf* name);

/// A question, with room for 1232 octets in the answer (what fits everywhere without fragments).
struct QuestionFlags {
  bool recursion = false;
  bool validated = false;           // ask for the AD bit (RFC 6840 section 5.7)
  bool without_validation = false;  // CD
};
PacketPtr make_question(const std::string& name, ldns_rr_type type, QuestionFlags flags);

// What the answer section holds for `owner`.
std::vector<std::string> txt_values(const ldns_pkt& packet, const std::string& owner);
std::vector<CaaRecord> caa_records(const ldns_pkt& packet);
std::vector<std::string> address_texts(const ldns_pkt& packet, ldns_rr_type type);
/// The names that records of this type lead to (NS, CNAME), those we cannot handle left out.
std::vector<std::string> names_in(const ldns_pkt& packet, ldns_rr_type type, const std::string& owner);
/// The owner of the SOA in the answer, else of that in the authority section.
std::optional<std::string> soa_owner(const ldns_pkt& packet);
/// Some records of this type with this owner are in the answer.
bool has_answer(const ldns_pkt& packet, ldns_rr_type type, const std::string& owner);

/// "SERVFAIL"
std::string rcode_text(const ldns_pkt& packet);

}  // namespace certmgr::dns
