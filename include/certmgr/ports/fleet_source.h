// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/fleet.h"

namespace certmgr {

/// Reads fleet files.
class FleetSource {
 public:
  virtual ~FleetSource() = default;
  /// Trouble only if the file cannot be read at all; what is wrong in it is in `faults`.
  virtual Result<FleetDeclaration> read(const std::string& path) = 0;
};

}  // namespace certmgr
