// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "certmgr/domain/enrollment/role.h"

namespace certmgr::enrollment {

/// [roles] of the configuration: who has which role. "alice" is a person, "@voip" whoever is in that group.
using RoleTable = std::map<Role, std::vector<std::string>>;

/// Where the configuration says nothing, root asks and decides: one person who runs one PBX.
RoleTable default_roles();

/// The roles of a person in these groups. Somebody who is in no row acts all the same, without a role.
Actor actor_of(const std::string& person, const std::set<std::string>& groups, const RoleTable& table);

}  // namespace certmgr::enrollment
