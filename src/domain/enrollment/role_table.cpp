// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/role_table.h"

#include <algorithm>

namespace certmgr::enrollment {

RoleTable default_roles() {
  return {{Role::admin, {"root"}}, {Role::requester, {"root"}}, {Role::approver, {"root"}}};
}

Actor actor_of(const std::string& person, const std::set<std::string>& groups, const RoleTable& table) {
  Actor actor{person, {}};
  if (person.empty()) return actor;
  for (const auto& [role, holders] : table) {
    const bool holds = std::any_of(holders.begin(), holders.end(), [&](const std::string& holder) {
      return holder.starts_with('@') ? groups.contains(holder.substr(1)) : holder == person;
    });
    if (holds && role != Role::scheduler) actor.roles.insert(role);
  }
  return actor;
}

Actor with_store(Actor actor, const RoleTable& table) {
  if (table == default_roles() && !actor.person.empty()) actor.roles.insert(Role::admin);
  return actor;
}

}  // namespace certmgr::enrollment
