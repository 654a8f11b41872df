// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace certmgr::lab::strict {

/// Kinds of resources, as the log and StrictCa::refuse() name them.
namespace resources {
inline constexpr const char* kDirectory = "directory";
inline constexpr const char* kNewNonce = "newNonce";
inline constexpr const char* kNewAccount = "newAccount";
inline constexpr const char* kNewOrder = "newOrder";
inline constexpr const char* kNewAuthz = "newAuthz";
inline constexpr const char* kRevokeCert = "revokeCert";
inline constexpr const char* kKeyChange = "keyChange";
inline constexpr const char* kRenewalInfo = "renewalInfo";
inline constexpr const char* kAccount = "account";
inline constexpr const char* kOrders = "orders";
inline constexpr const char* kOrder = "order";
inline constexpr const char* kFinalize = "finalize";
inline constexpr const char* kAuthorization = "authorization";
inline constexpr const char* kChallenge = "challenge";
inline constexpr const char* kCertificate = "certificate";
}  // namespace resources

/// One request that was served.
struct Logged {
  std::string method;
  std::string resource;  // kind; empty: there is no such thing
  std::string path;
  std::string account = {};  // URL; empty: unknown
  int status = 0;            // 0: the connection was cut
};

/// A rule that a client broke.
struct Violation {
  std::string request;  // method and path
  std::string rule;
};

}  // namespace certmgr::lab::strict
