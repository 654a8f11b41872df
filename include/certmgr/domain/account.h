// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "certmgr/domain/instant.h"

namespace certmgr {

/// An ACME account. The row and its key exist before the CA is asked, so that a crash in between
/// finds the same account again (RFC 8555 section 7.3.1) instead of making a second one.
struct Account {
  std::int64_t id = 0;
  std::string ca;             // name of the configured CA
  std::string directory_url;  // one account per directory
  std::string key_id;
  std::string url;                    // empty until the CA has confirmed it
  std::string status;                 // "new", "valid", "deactivated", "revoked"
  std::vector<std::string> contacts;  // "mailto:..."
  std::string terms_agreed;           // URL of the terms that were agreed to
  Instant created_at;
};

}  // namespace certmgr
