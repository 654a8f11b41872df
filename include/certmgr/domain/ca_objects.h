// SPDX-License-Identifier: MIT
#pragma once

#include <map>
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
std::string_view to_string(CaStatus status);

/// RFC 8555 section 7.1.3: the order as the CA tells it.
struct CaOrder {
  std::string url;
  CaStatus status = CaStatus::unknown;
  std::vector<Identifier> identifiers;  // canonical()
  std::vector<std::string> authorizations;
  std::string finalize_url;
  std::string certificate_url;   // empty until valid
  std::optional<Trouble> error;  // why it is invalid
  std::string profile{};         // draft-ietf-acme-profiles; empty: it names none
  std::optional<Instant> expires{};
};

/// What an order asks for (section 7.4).
struct NewOrder {
  std::vector<Identifier> identifiers;
  std::string profile{};         // draft-ietf-acme-profiles; empty: none is named
  std::string replaced_chain{};  // PEM of the certificate it takes the place of (RFC 9773 section 5)
  std::optional<Instant> not_before{};
  std::optional<Instant> not_after{};
  std::string ancestor_domain{};  // said of the names below it (RFC 9444 section 4.3); empty: of none
};

/// RFC 8555 section 8. `type` stays text: a CA may offer types we have never heard of.
struct CaChallenge {
  std::string type;
  std::string url;
  std::string token;
  CaStatus status = CaStatus::unknown;
  std::optional<Trouble> error;
  std::vector<std::string> issuer_names{};  // dns-persist-01: under which the CA is to be named
  /// dns-persist-01: how the record may name the account, first the way to publish it. Empty: the CA does not
  /// tell what it takes.
  std::vector<std::string> account_uris{};
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
  /// RFC 9444 section 4.1: it is good for the names below the identifier, too.
  bool subdomains_allowed = false;
  std::optional<Instant> expires{};
};

/// RFC 8555 section 7.1.2.
struct CaAccount {
  std::string url;
  std::string orders_url;  // empty where the CA keeps no list (Boulder)
  std::string status;
  bool existed = false;  // the CA knew the key already
};

/// What a CA offers by RFC 8739 section 3.2. It is shown; certmgr renews by itself.
struct AutoRenewal {
  Duration min_lifetime{};
  Duration max_duration{};
  bool certificate_get = false;
};

/// RFC 8555 section 7.1.1.
struct CaMeta {
  std::string terms_of_service;
  std::string website;
  bool external_account_required = false;
  std::map<std::string, std::string> profiles{};  // name to description (draft-ietf-acme-profiles)
  bool renewal_info = false;                      // RFC 9773
  std::optional<AutoRenewal> auto_renewal{};
  bool subdomains_allowed = false;            // RFC 9444 section 4.4
  std::vector<std::string> caa_identities{};  // the names it goes by in CAA records
  // draft-ietf-acme-dns-persist-02; empty: it tells none, or what it tells cannot be used.
  std::vector<std::string> persist_issuers{};
  std::string account_hash_prefix{};
};

/// An answer, and the earliest moment the CA wants to be asked again (Retry-After, section 6.6).
template <class T>
struct CaReply {
  T value;
  std::optional<Instant> retry_after;
};

}  // namespace certmgr
