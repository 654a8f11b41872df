// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "certmgr/domain/certificate.h"
#include "certmgr/domain/day.h"
#include "certmgr/domain/organization.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::enrollment {

/// What somebody wants an organization to be certified as.
struct Request {
  CertificateSpec spec;
  OrganizationLevel level = OrganizationLevel::ov;
  std::int64_t organization_id = 0;
  int organization_version = 0;
  std::vector<SubjectAttribute> subject;  // follows from that version of the record
  bool renewal = false;
  int revision = 1;  // raised by every edit of what is approved
  bool operator==(const Request&) const = default;
};

/// The request for a certificate of spec.level. Trouble (usage): "bad_level" for another level than ov and
/// ev, "bad_organization" for a record that is not complete for it, "bad_identifier" for a wildcard at EV (EV
/// Guidelines 7.1.4.2) or no name at all. Pure.
Result<Request> make_request(CertificateSpec spec, const Organization& organization, Day today);

/// SHA-256 in hex. The domain has none of its own; who calls brings it.
using Digest = std::string (*)(std::string_view);

/// What is approved, as bytes: label, names, CA, level, profile, chain, key type, foreign key, reuse of keys,
/// bounds of the validity, organization with version and subject, and the revision. Equal bytes mean equal
/// requests, and other ones other requests: every value stands behind its length. Left out is what the
/// certificate does not show: how control is proven, and who would be asked after the CA.
std::string canonical(const Request& request);

/// The same without the versions of record and request: what all renewals of a certificate have in common as
/// long as nothing in it changes.
std::string renewal_scope(const Request& request);

/// What the order is placed with: nobody but the approved CA is asked.
CertificateSpec ordered_spec(const Request& request);

}  // namespace certmgr::enrollment
