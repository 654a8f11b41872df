// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace certmgr {

/// The reasons a subscriber of a public CA may give (RFC 5280 section 5.3.1; TLS Baseline Requirements
/// section 7.2.2). The values are the codes of CRLReason. `privilege_withdrawn` is for the CA to say by those
/// requirements; some CAs take it from the subscriber of a private hierarchy.
enum class RevocationReason : int {
  unspecified = 0,
  key_compromise = 1,
  affiliation_changed = 3,
  superseded = 4,
  cessation_of_operation = 5,
  privilege_withdrawn = 9,
};

/// "keyCompromise", ...: the words of RFC 5280.
std::string_view to_string(RevocationReason reason);
std::optional<RevocationReason> parse_revocation_reason(std::string_view text);
/// "unspecified, keyCompromise, ..."
std::string known_revocation_reasons();
/// Whether a certificate revoked for this reason is usually still wanted: not when its service has ended.
bool is_usually_renewed(RevocationReason reason);

}  // namespace certmgr
