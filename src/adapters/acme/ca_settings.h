// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace certmgr::acme {

/// External account binding (RFC 8555 section 7.3.4).
struct ExternalAccount {
  std::string kid;
  std::string hmac_file;  // holds the base64url key the CA gave; never on a command line
};

/// One configured CA.
struct CaSettings {
  std::string name;
  std::string directory_url;
  std::string ca_bundle;  // PEM file with the roots that may sign the CA's own HTTPS; empty: the system's
  std::chrono::milliseconds timeout = std::chrono::seconds(30);  // of one request, in whole
  std::optional<ExternalAccount> external_account;
  std::string account{};  // AccountPlace::name
};

}  // namespace certmgr::acme
