// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// What can be seen of a CA without an account.
struct CaSighting {
  std::string directory_url;
  CaMeta meta;
  std::optional<Duration> clock_ahead;  // our clock ahead of its Date header
  bool external_account = false;        // one is configured
};

/// Fetches the directory of a configured CA (RFC 8555 section 7.1.1), past everything that is remembered.
/// Thread-safe.
class CaScout {
 public:
  virtual ~CaScout() = default;
  virtual Result<CaSighting> look(const std::string& ca) = 0;
};

}  // namespace certmgr
