// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "certmgr/domain/enrollment/enrollment.h"
#include "certmgr/domain/organization_validation.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::enrollment {

/// How the CA can be asked for this level and organization.
enum class CaStanding {
  ready,
  level_not_offered,  // the configuration has no way to it there
  eab_consumed,       // the key of its external account (RFC 8555 section 7.3.4) was used, and could be once
};

/// What was looked up before an order is placed.
struct GateFacts {
  std::optional<OrganizationValidation> validation;  // the cycle in force, else the newest
  CaStanding ca = CaStanding::ready;
  std::optional<Grant> grant{};  // the one the enrollment names, as it is now
  /// What the organization is called by its record as it is now; empty: nobody knows.
  std::vector<SubjectAttribute> subject_today{};
};

/// Why no order can be placed for the organization: "org_not_validated" or "org_validation_expired", as the
/// clock has it. nullopt: it can. A validation of something else counts as none. Pure.
std::optional<Trouble> organization_gate(const Request& request,
                                         const std::optional<OrganizationValidation>& validation,
                                         Instant now);

/// "organization_changed": the record says something else of it by now than what was approved.
std::optional<Trouble> record_gate(const Request& request,
                                   const std::vector<SubjectAttribute>& subject_today);

/// The same for the CA: "level_not_offered", "eab_consumed".
std::optional<Trouble> ca_gate(const Request& request, CaStanding standing);

/// How many persons have approved the request as it is now: those whose approval has its hash, without its
/// authors where two persons must be involved.
int approvals_given(const Enrollment& enrollment, const Context& context);

/// When its approvers let it be placed.
ChangeWindow window_of(const Enrollment& enrollment, const Context& context);

/// What lets the enrollment go ahead, proven anew from the records: the approvals that have the hash of the
/// request as it is now, or the grant. Otherwise trouble "approval_required", or why the grant does not hold.
Result<Warrant> warrant_of(const Enrollment& enrollment, const std::optional<Grant>& grant,
                           const Context& context);

}  // namespace certmgr::enrollment
