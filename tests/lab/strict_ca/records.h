// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lab/openssl_handles.h"
#include "lab/strict_ca/encoding.h"
#include "lab/strict_ca/options.h"
#include "lab/strict_ca/problem.h"
#include "lab/strict_ca/public_key.h"

namespace certmgr::lab::strict {

struct Identifier {
  std::string type;   // dns, ip
  std::string value;  // with "*." in an order, without in an authorization
  auto operator<=>(const Identifier&) const = default;
};

struct Account {
  std::string id;
  PublicKey key;
  std::vector<std::string> earlier_thumbprints = {};  // draft-ietf-acme-dns-persist-02 section 4.2
  std::string status = "valid";
  nlohmann::json contacts = nlohmann::json::array();
  bool terms_agreed = false;
  std::string external_kid = {};
  nlohmann::json external_binding = {};
  std::vector<std::string> orders = {};
};

struct Challenge {
  std::string id;
  std::string authorization;
  std::string type;
  std::string token = {};  // dns-persist-01 has none
  std::string status = "pending";
  Moment validated = {};
  std::optional<Problem> error = {};
};

struct Authorization {
  std::string id;
  std::string account;
  Identifier identifier;
  bool wildcard = false;
  std::string status = "pending";
  Moment expires = {};
  std::vector<std::string> challenges = {};
  bool in_advance = false;   // RFC 8555 section 7.4.1: good for later orders
  bool subdomains = false;   // RFC 9444: and for names below it
  bool in_progress = false;  // a proof is being looked at
};

struct Order {
  std::string id;
  std::string account;
  std::string status = "pending";
  Moment expires = {};
  std::vector<Identifier> identifiers = {};
  std::vector<std::string> authorizations = {};
  std::string profile = {};
  std::string replaces = {};
  std::optional<Moment> not_before = {};
  std::optional<Moment> not_after = {};
  std::string csr_der = {};
  std::string certificate = {};
  std::optional<Problem> error = {};
  int pending_polls = 0;
  int processing_polls = 0;
  bool held = false;  // by the vetting desk
  bool downgraded = false;
};

struct Certificate {
  std::string id;
  std::string account;
  std::vector<Identifier> identifiers = {};
  X509Ptr leaf = {};
  std::string renewal_id = {};   // RFC 9773 section 4.1
  std::string replaced_by = {};  // order
  std::optional<int> revocation_reason = {};
  Moment revoked_at = {};
};

/// All there is, by id.
struct Ledger {
  std::map<std::string, Account> accounts;
  std::map<std::string, Order> orders;
  std::map<std::string, Authorization> authorizations;
  std::map<std::string, Challenge> challenges;
  std::map<std::string, Certificate> certificates;
  std::set<std::string> used_external_kids;
};

}  // namespace certmgr::lab::strict
