// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "certmgr/domain/trouble.h"

namespace certmgr {

/// RFC 8659 section 4.1: one property, as it stands in the zone.
struct CaaRecord {
  std::uint8_t flags = 0;
  std::string tag;  // lower case
  std::string value;

  [[nodiscard]] bool critical() const { return (flags & 0x80U) != 0; }
  bool operator==(const CaaRecord&) const = default;
};

/// RFC 8659 section 3: the records that count for a name, found there or at the nearest parent that has any.
struct CaaSet {
  std::string found_at;  // empty: no name up to the root has any
  std::vector<CaaRecord> records;
};

/// RFC 8659 section 4.2: "letsencrypt.org; accounturi=...". `well_formed` false: allows nobody.
struct CaaIssuer {
  bool well_formed = false;
  std::string domain;                                           // lower case; empty: nobody
  std::vector<std::pair<std::string, std::string>> parameters;  // in their order, tags in lower case
};
CaaIssuer parse_caa_issuer(std::string_view value);

struct CaaQuestion {
  std::string identifier;             // "example.com", "*.example.com"
  std::vector<std::string> ca_names;  // directory meta "caaIdentities": any of them will do
  std::string account_url;            // empty: not known yet, accounturi is not looked at
  std::string method;                 // "dns-01"; empty: not chosen yet
};

/// May this CA issue for this account by this method? Trouble "caa_forbids" (permanent) with the records
/// and what to change. RFC 8657: accounturi and validationmethods; a property with either of them twice,
/// or not readable, allows nobody.
Result<void> judge_caa(const CaaSet& found, const CaaQuestion& question);

}  // namespace certmgr
