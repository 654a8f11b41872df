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

/// Somebody who has the store itself. Where nobody has given roles she keeps what is in it, as an admin: with
/// sudo a person is herself and not root, and a PBX of one owner must not shut him out. To ask and to decide
/// stay root's.
Actor with_store(Actor actor, const RoleTable& table);

}  // namespace certmgr::enrollment
