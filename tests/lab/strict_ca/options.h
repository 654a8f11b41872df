// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace certmgr::lab::strict {

/// How well the holder is vetted: domain, organization, extended.
enum class Level { dv, ov, ev };

/// What stands in the subject of OV and EV certificates; what is empty does not.
struct Organization {
  std::string name;
  std::string country = "DE";
  std::string state = {};
  std::string locality = "Berlin";
  std::string street = {};
  std::string postal_code = {};
  std::string business_category = "Private Organization";  // EV alone, like all that follows
  std::string registration_number = "HRB 12345";
  std::string jurisdiction_country = "DE";
  std::string jurisdiction_state = {};
  std::string jurisdiction_locality = {};
  std::string organization_identifier = {};
};

/// An external account (RFC 8555 section 7.3.4); which level it may have is decided there, not by the client.
struct ExternalAccount {
  std::string mac_key;  // base64url, as it is handed out
  Level level = Level::dv;
  std::optional<Organization> organization = {};
  bool single_use = false;  // a second account with it is refused
};

/// draft-ietf-acme-profiles
struct Profile {
  std::string description;
  std::optional<std::chrono::seconds> validity = {};
  std::optional<Level> level = {};
};

/// What a CA is for the whole of its life. What may change is in Behaviour.
struct StrictCaOptions {
  int port = 0;       // HTTPS; like all ports here: 0 is picked
  int list_port = 0;  // plain HTTP: CRLs and CA certificates
  /// Where the proofs are looked for: the well-known ports of RFC 8555 and 8737 need root.
  int http_port = 0;
  int tls_port = 0;
  std::string address = "127.0.0.1";  // of every name; IP identifiers are asked at their own address
  std::string dns_server = {};        // "127.0.0.1:PORT"; empty: challenges by DNS always fail
  std::map<std::string, Profile> profiles = {};                   // empty: not in the directory
  std::map<std::string, ExternalAccount> external_accounts = {};  // by kid
  bool terms_of_service = true;
  bool new_authz = false;
  bool renewal_info = true;
  std::vector<std::string> caa_identities = {"strict-ca.example"};
  int alternate_chains = 1;
  std::chrono::seconds validity = std::chrono::hours(24 * 90);
  std::chrono::seconds crl_validity = std::chrono::hours(24);
  std::chrono::seconds directory_max_age{0};  // 0: not to be kept
};

}  // namespace certmgr::lab::strict
