// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/ports/name_encoder.h"

namespace certmgr::names {

/// NameEncoder through libidn2.
class IdnaEncoder final : public NameEncoder {
 public:
  [[nodiscard]] Result<std::string> to_ascii(std::string_view name) const override;
};

}  // namespace certmgr::names
