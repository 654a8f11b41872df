// SPDX-License-Identifier: MIT
#pragma once

// The library's header is C, and casts as C does.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <ldns/ldns.h>
#pragma GCC diagnostic pop
// In C++ these are words of the language, which its header turns into numbers.
#undef bool
#undef true
#undef false

#include <cstdlib>
#include <memory>

namespace certmgr::dns {

struct LdnsFree {
  void operator()(ldns_pkt* packet) const noexcept { ldns_pkt_free(packet); }
  void operator()(ldns_rr* record) const noexcept { ldns_rr_free(record); }
  void operator()(ldns_rr_list* list) const noexcept { ldns_rr_list_deep_free(list); }
  void operator()(ldns_rdf* data) const noexcept { ldns_rdf_deep_free(data); }
  void operator()(ldns_resolver* resolver) const noexcept { ldns_resolver_deep_free(resolver); }
  // NOLINTBEGIN(cppcoreguidelines-no-malloc): that is how the library hands them over
  void operator()(std::uint8_t* octets) const noexcept { std::free(octets); }
  void operator()(char* text) const noexcept { std::free(text); }
  // NOLINTEND(cppcoreguidelines-no-malloc)
};
using PacketPtr = std::unique_ptr<ldns_pkt, LdnsFree>;
using RecordPtr = std::unique_ptr<ldns_rr, LdnsFree>;
using RecordListPtr = std::unique_ptr<ldns_rr_list, LdnsFree>;
using DataPtr = std::unique_ptr<ldns_rdf, LdnsFree>;
using ResolverPtr = std::unique_ptr<ldns_resolver, LdnsFree>;
using OctetsPtr = std::unique_ptr<std::uint8_t, LdnsFree>;
using TextPtr = std::unique_ptr<char, LdnsFree>;

}  // namespace certmgr::dns
