// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/fleet.h"

namespace certmgr {

// What a fleet file changes about a thing, one line for each setting, as people read it: "key_type: none ->
// rsa-2048".

std::vector<std::string> differences(const CaEntry& from, const CaEntry& to);
std::vector<std::string> differences(const Server& from, const Server& to);
std::vector<std::string> differences(const FleetCertificate& from, const FleetCertificate& to);
std::vector<std::string> differences(const FleetOrganization& from, const FleetOrganization& to);

}  // namespace certmgr
