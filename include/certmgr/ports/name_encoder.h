// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "certmgr/domain/trouble.h"

namespace certmgr {

/// Turns a name as a person writes it (UTF-8, any case, trailing dot) into A-labels (UTS #46
/// non-transitional, IDNA2008). Thread-safe.
class NameEncoder {
 public:
  virtual ~NameEncoder() = default;
  [[nodiscard]] virtual Result<std::string> to_ascii(std::string_view name) const = 0;
};

}  // namespace certmgr
