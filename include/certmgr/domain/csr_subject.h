// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/certificate_level.h"
#include "certmgr/domain/organization.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// How X.520 wants a text written in DER.
enum class TextEncoding { printable, utf8 };

/// One attribute of the subject of a request (PKCS#10, RFC 2986).
struct CsrAttribute {
  SubjectAttribute attribute;
  TextEncoding encoding = TextEncoding::utf8;
  bool operator==(const CsrAttribute&) const = default;
};

/// The subject that a request carries: that of the organization, without a common name. Nothing for DV, where
/// CAs take the names from the extension and must not certify more. Trouble (usage) "bad_organization" where
/// a text cannot be written as its attribute demands. For a sound record. Pure.
Result<std::vector<CsrAttribute>> csr_subject(CertificateLevel level, const OrganizationRecord& record);
/// The same for a subject that was made before, subject_of().
Result<std::vector<CsrAttribute>> csr_subject(const std::vector<SubjectAttribute>& subject);

}  // namespace certmgr
