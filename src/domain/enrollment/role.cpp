// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/role.h"

#include <algorithm>
#include <array>
#include <vector>

namespace certmgr::enrollment {
namespace {

struct RoleWord {
  Role role;
  std::string_view word;
};
constexpr std::array<RoleWord, 5> kRoles{{
    {Role::admin, "admin"},
    {Role::requester, "requester"},
    {Role::approver, "approver"},
    {Role::auditor, "auditor"},
    {Role::scheduler, "scheduler"},
}};

struct DeedRow {
  Deed deed;
  std::string_view words;
  std::vector<Role> roles;
};

const std::vector<DeedRow>& table() {
  static const std::vector<DeedRow> rows{
      {Deed::see,
       "look at enrollments",
       {Role::admin, Role::requester, Role::approver, Role::auditor, Role::scheduler}},
      {Deed::request, "request a certificate", {Role::requester, Role::scheduler}},
      {Deed::edit, "change what is requested", {Role::requester}},
      {Deed::withdraw, "give a request up", {Role::admin, Role::requester}},
      {Deed::approve, "decide about a request", {Role::approver}},
      {Deed::grant, "grant renewals", {Role::approver}},
      {Deed::revoke_grant, "end a grant", {Role::admin, Role::approver}},
      {Deed::resume, "go on with an enrollment", {Role::admin, Role::requester}},
      {Deed::judge, "decide about a certificate in quarantine", {Role::approver}},
      {Deed::keep_organizations, "change organizations", {Role::admin}},
  };
  return rows;
}

const DeedRow& row_of(Deed deed) { return table().at(static_cast<std::size_t>(deed)); }

}  // namespace

std::string_view to_string(Role role) {
  for (const auto& known : kRoles)
    if (known.role == role) return known.word;
  return "";
}

std::optional<Role> parse_role(std::string_view text) {
  for (const auto& known : kRoles)
    if (known.word == text && known.role != Role::scheduler) return known.role;
  return std::nullopt;
}

std::string_view to_string(Deed deed) { return row_of(deed).words; }

bool may(Role role, Deed deed) {
  const auto& roles = row_of(deed).roles;
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

Result<void> permit(const Actor& actor, Deed deed) {
  const bool allowed =
      std::any_of(actor.roles.begin(), actor.roles.end(), [&](Role role) { return may(role, deed); });
  if (allowed && !actor.person.empty()) return {};
  std::string roles;
  for (const auto role : row_of(deed).roles)
    if (role != Role::scheduler) roles += (roles.empty() ? "" : " or ") + std::string(to_string(role));
  return fail({.kind = TroubleKind::usage,
               .code = "not_permitted",
               .what = "cannot " + std::string(to_string(deed)),
               .why = actor.person.empty() ? "nobody is named who does it"
                                           : actor.person + " has not the role for it",
               .hint = "ask somebody who is " + roles});
}

}  // namespace certmgr::enrollment
