// SPDX-License-Identifier: MIT
#include "certmgr/domain/renewal_horizon.h"

#include "certmgr/domain/validity_limits.h"

namespace certmgr {
namespace {

std::string where(const OrganizationValidation& validation) {
  return std::string(to_string(validation.level)) + " validation at " + validation.ca;
}

}  // namespace

std::optional<Finding> renewal_beyond(const PlannedRenewal& planned, const OrganizationValidation& validation,
                                      Instant now) {
  const auto state = look_at(validation, now).validation.state;
  Finding finding{
      .severity = Severity::problem,
      .check = "organization",
      .subject = planned.label,
      .what = "it cannot be renewed",
      .hint = "begin anew now with certmgr org revalidate, or submit where it was never validated"};
  if (!is_in_force(state)) {
    finding.code = state == ValidationState::expired ? "org_validation_expired" : "org_not_validated";
    finding.why = "the " + where(validation) + " is " + std::string(to_string(state));
    return finding;
  }
  if (!validation.expires || planned.renew_at + kRenewalMargin < Instant(*validation.expires))
    return std::nullopt;
  finding.severity = Severity::warning;
  finding.code = "org_expires_before_renewal";
  finding.what = "its renewal of " + to_text(day_of(planned.renew_at)) + " cannot be had as planned";
  finding.why = "the " + where(validation) + " ends on " + to_text(*validation.expires);
  finding.hint = "begin a new cycle beside the one in force with certmgr org revalidate";
  return finding;
}

Instant renewal_after(Instant renew_at) { return renew_at + Duration(limits_at(renew_at).validity) * 2 / 3; }

}  // namespace certmgr
