// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/renewal_info.h"

namespace certmgr::acme {

// JSON of RFC 8555 to domain values. The CA is hostile input: a missing or ill-typed field that we
// need is a trouble "ca_protocol", everything unknown is passed over.

/// The string member, empty if absent or no string.
std::string text_of(const nlohmann::json& object, const char* member);

/// The member's names, for DNS records (draft-ietf-acme-dns-persist allows ten). Empty where one is none.
std::vector<std::string> names_of(const nlohmann::json& object, const char* member);

struct DirectoryUrls {
  std::string new_nonce, new_account, new_order;
  std::string renewal_info;                        // RFC 9773; empty: not offered
  std::string new_authz, revoke_cert, key_change;  // empty where the CA does not offer it
  CaMeta meta;
};

Result<DirectoryUrls> read_directory(const std::string& body);                // 7.1.1
Result<CaAccount> read_account(const std::string& body);                      // 7.1.2, url left empty
Result<CaOrder> read_order(const std::string& body, const std::string& url);  // 7.1.3
Result<CaAuthorization> read_authorization(const std::string& body, const std::string& url);  // 7.1.4
Result<RenewalInfo> read_renewal_info(const std::string& body);                               // RFC 9773 4.2
Result<std::vector<std::string>> read_order_list(const std::string& body);                    // 7.1.2.1

}  // namespace certmgr::acme
