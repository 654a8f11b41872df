// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/ports/fleet_source.h"
#include "config/fleet_file.h"

namespace certmgr::wiring {

class FleetFileSource final : public FleetSource {
 public:
  Result<FleetDeclaration> read(const std::string& path) override { return config::load_fleet(path); }
};

}  // namespace certmgr::wiring
