// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "certmgr/domain/trouble.h"

namespace certmgr::enrollment {

enum class Role {
  admin,      // configuration, organizations, what hinders an order
  requester,  // wants certificates
  approver,   // decides about requests, and about certificates that are not what was asked for
  auditor,    // sees, and has no say
  scheduler,  // certmgr itself, for renewals; no person has it
};
std::string_view to_string(Role role);
/// A role a person can have.
std::optional<Role> parse_role(std::string_view text);

enum class Deed {
  see,                 // enrollments and their state
  request,             // open and submit
  edit,                // change what is requested
  withdraw,            // give up; a requester only what is his own
  approve,             // and deny
  grant,               // let renewals go ahead without being asked
  revoke_grant,        // end that
  resume,              // go on where a hindrance was removed
  judge,               // accept, reject or await after a quarantine
  keep_organizations,  // their records and validations
};
/// "decide about a request"
std::string_view to_string(Deed deed);

/// Who acts: a person as the system knows her, or the scheduler.
struct Actor {
  std::string person;
  std::set<Role> roles;
};

/// The table of docs/decisions/0018-enrollments.md. An admin is no approver: who rules over the machine does
/// not thereby decide for the company.
bool may(Role role, Deed deed);

/// Trouble "not_permitted" that names the roles which may; also for an actor without a name.
Result<void> permit(const Actor& actor, Deed deed);

}  // namespace certmgr::enrollment
