// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/domain/finding.h"
#include "certmgr/domain/instant.h"
#include "certmgr/domain/organization_validation.h"

namespace certmgr {

/// How long before the end of a validation a renewal must have been placed, so that the CA still may issue.
constexpr std::chrono::days kRenewalMargin{3};

/// A certificate that stands on an organization.
struct PlannedRenewal {
  std::string label;
  Instant renew_at;  // when the next version is to be ordered
};

/// Warns of a renewal that cannot be had as planned, because the validation it rests on will have ended: a
/// finding of check "organization" about the certificate, "org_expires_before_renewal", that names both days.
/// A problem, "org_not_validated" or "org_validation_expired", where there is nothing in force now. Pure.
std::optional<Finding> renewal_beyond(const PlannedRenewal& planned, const OrganizationValidation& validation,
                                      Instant now);

/// When the version after the next would be ordered, if the next one is issued at `renew_at` with the longest
/// life that is allowed then, and renewed when two thirds of it are over. Pure.
Instant renewal_after(Instant renew_at);

}  // namespace certmgr
