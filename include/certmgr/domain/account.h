// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "certmgr/domain/instant.h"

namespace certmgr {

/// Which account: at one directory there may be several, told apart by name. CAs with the same place share
/// one account.
struct AccountPlace {
  std::string directory_url;
  std::string name;  // `account` of [ca.NAME]; empty: the usual one
  bool operator==(const AccountPlace&) const = default;
};

/// An ACME account. The row and its key exist before the CA is asked, so that a crash in between
/// finds the same account again (RFC 8555 section 7.3.1) instead of making a second one.
struct Account {
  std::int64_t id = 0;
  std::string ca;  // name of the configured CA that it was made for
  std::string directory_url;
  std::string key_id;
  std::string url;                    // empty until the CA has confirmed it
  std::string status;                 // "new", "valid", "deactivated", "revoked"
  std::vector<std::string> contacts;  // "mailto:..."
  std::string terms_agreed;           // URL of the terms that were agreed to
  Instant created_at;
  std::string name{};         // of its AccountPlace
  std::string next_key_id{};  // the CA was sent this key to replace key_id, and has not confirmed it
  [[nodiscard]] AccountPlace place() const { return {directory_url, name}; }
};

/// The account has ended (RFC 8555 section 7.3.6): nothing can be asked in its name any more.
inline bool is_deactivated(const Account& account) { return account.status == "deactivated"; }

}  // namespace certmgr
