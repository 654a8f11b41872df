// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "certmgr/domain/dns.h"

namespace certmgr {

/// One value of one TXT record that a CA will look for. Several may stand at the same name at the same
/// time (example.com and *.example.com). Nothing in it is secret.
struct TxtRecord {
  std::string name;               // what the CA asks for, "_acme-challenge.example.com"
  std::string target;             // where the value goes: `name`, or where its CNAMEs end
  std::string value;              // base64url
  std::string identifier;         // "example.com", without the wildcard prefix
  std::string token;              // as the CA sent it, checked
  std::string key_authorization;  // RFC 8555 section 8.1
  bool operator==(const TxtRecord&) const = default;
};

/// A record is handed to servers and to programs of other people: everything in it must be what its field
/// says. Trouble "bad_dns_challenge" or "bad_dns_name".
Result<void> check(const TxtRecord& record);

/// RFC 8555 section 8.4. `digest` is the base64url of the SHA-256 of the key authorization. Only a record
/// that passes check() comes back.
Result<TxtRecord> dns01_record(std::string_view identifier, std::string_view token,
                               std::string_view key_authorization, std::string_view digest);

/// draft-ietf-acme-dns-account-label: the same below a label of the account's own, so that several clients
/// can prove one name. `account_digest` is the SHA-256 of the account's URL.
Result<TxtRecord> dns_account01_record(std::string_view identifier, std::string_view token,
                                       std::string_view key_authorization, std::string_view digest,
                                       const std::array<std::uint8_t, 32>& account_digest);

/// "_ujmmovf2vn55tgye": base32 in lower case of the first ten octets.
std::string account_label(const std::array<std::uint8_t, 32>& account_digest);

/// Puts the value where the aliases end.
TxtRecord delegated(TxtRecord record, const CnameChain& chain);

}  // namespace certmgr
