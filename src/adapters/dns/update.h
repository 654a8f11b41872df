// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "adapters/dns/exchange.h"
#include "adapters/dns/tsig_key.h"
#include "certmgr/domain/dns_challenge.h"

namespace certmgr::dns {

enum class UpdateKind { add, remove };

/// RFC 2136 section 3.4.2: adds the values, or removes exactly these values; others at the same names stay.
/// Adding what is there and removing what is not there change nothing. In one message, so all or none.
struct Update {
  std::string zone;
  UpdateKind kind = UpdateKind::add;
  std::span<const TxtRecord> records;  // all in `zone`, at their `target`
  std::uint32_t ttl = 60;
};

/// Sends it, signed, over TCP, and checks the signature of the answer. `what` begins the trouble.
Result<void> send_update(const DnsServer& server, const Update& update, const TsigKey& key, Duration limit,
                         const std::string& what);

}  // namespace certmgr::dns
