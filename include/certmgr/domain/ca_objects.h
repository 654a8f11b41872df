// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/identifier.h"
#include "certmgr/domain/instant.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// RFC 8555 section 7.1.6.
enum class CaStatus { pending, ready, processing, valid, invalid, deactivated, expired, revoked, unknown };
CaStatus parse_ca_status(std::string_view text);

/// RFC 8555 section 7.1.3: the order as the CA tells it.
struct CaOrder {
  std::string url;
  CaStatus status = CaStatus::unknown;
  std::vector<Identifier> identifiers;  // canonical()
  std::vector<std::string> authorizations;
  std::string finalize_url;
  std::string certificate_url;   // empty until valid
  std::optional<Trouble> error;  // why it is invalid
};

/// RFC 8555 section 8. `type` stays text: a CA may offer types we have never heard of.
struct CaChallenge {
  std::string type;
  std::string url;
  std::string token;
  CaStatus status = CaStatus::unknown;
  std::optional<Trouble> error;
  std::vector<std::string> issuer_names{};  // dns-persist-01: under which the CA is to be named
};

/// What proofs say about the account.
struct AccountFacts {
  std::string url;
  std::string thumbprint;  // of its key, base64url (RFC 7638)
};

/// RFC 8555 section 7.1.4.
struct CaAuthorization {
  std::string url;
  Identifier identifier;
  CaStatus status = CaStatus::unknown;
  std::vector<CaChallenge> challenges;
  bool wildcard = false;  // for "*." and the identifier's value
};

/// RFC 8555 section 7.1.2.
struct CaAccount {
  std::string url;
  std::string orders_url;  // empty where the CA keeps no list (Boulder)
  std::string status;
  bool existed = false;  // the CA knew the key already
};

/// RFC 8555 section 7.1.1.
struct CaMeta {
  std::string terms_of_service;
  std::string website;
  bool external_account_required = false;
  std::vector<std::string> caa_identities{};  // the names it goes by in CAA records
};

/// An answer, and the earliest moment the CA wants to be asked again (Retry-After, section 6.6).
template <class T>
struct CaReply {
  T value;
  std::optional<Instant> retry_after;
};

}  // namespace certmgr
