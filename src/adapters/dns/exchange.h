// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapters/dns/ldns_handles.h"
#include "certmgr/domain/dns.h"
#include "certmgr/domain/instant.h"

namespace certmgr::dns {

/// A message as it came, and what it says.
struct Reply {
  PacketPtr packet;
  std::vector<std::uint8_t> wire;
};

/// Why there is no reply, in a few words: "no answer within 3 s", "Connection refused".
using Silence = std::string;

/// One question to one server: over UDP, twice if nothing comes, and over TCP when the answer did not fit.
/// `limit` bounds all of it, whatever the other side does. The sockets are ours and only the messages the
/// library's, because its sockets take a packet from anybody and know no deadline for a stream.
tl::expected<Reply, Silence> ask(const DnsServer& server, const ldns_pkt& question, Duration limit);

/// The same over TCP alone, for what must not get lost. `wire` is the message.
tl::expected<Reply, Silence> send_by_tcp(const DnsServer& server, const std::vector<std::uint8_t>& wire,
                                         Duration limit);

/// The message in its form for the network; empty if the library cannot.
std::vector<std::uint8_t> to_wire(const ldns_pkt& packet);

}  // namespace certmgr::dns
