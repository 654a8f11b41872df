// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/identifier.h"

namespace certmgr {

/// Knows where a registry's part of a name ends. Thread-safe.
class RegisteredDomains {
 public:
  virtual ~RegisteredDomains() = default;
  /// "example.co.uk" of "*.a.example.co.uk": one label more than the public suffix. The name itself if it is
  /// a public suffix; network_of() of an address.
  [[nodiscard]] virtual std::string domain_of(const Identifier& identifier) const = 0;
};

}  // namespace certmgr
