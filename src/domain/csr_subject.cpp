// SPDX-License-Identifier: MIT
#include "certmgr/domain/csr_subject.h"

#include <algorithm>
#include <array>

namespace certmgr {
namespace {

/// What X.520 lets be nothing but a PrintableString: countryName, serialNumber, and the country of
/// jurisdiction (EV Guidelines 7.1.4.2.4). All other attributes have a choice, and UTF-8 is the one that RFC
/// 5280 section 4.1.2.4 prefers.
TextEncoding encoding_of(std::string_view oid) {
  constexpr std::array<std::string_view, 3> printable{"2.5.4.6", "2.5.4.5", "1.3.6.1.4.1.311.60.2.1.3"};
  return std::find(printable.begin(), printable.end(), oid) != printable.end() ? TextEncoding::printable
                                                                               : TextEncoding::utf8;
}

/// The alphabet of PrintableString (X.680 section 41.4).
bool is_printable_string(std::string_view text) {
  constexpr std::string_view marks = " '()+,-./:=?";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

}  // namespace

Result<std::vector<CsrAttribute>> csr_subject(CertificateLevel level, const OrganizationRecord& record) {
  if (level != CertificateLevel::ov && level != CertificateLevel::ev) return std::vector<CsrAttribute>{};
  const auto kind = level == CertificateLevel::ev ? OrganizationLevel::ev : OrganizationLevel::ov;
  return csr_subject(subject_of(record, kind));
}

Result<std::vector<CsrAttribute>> csr_subject(const std::vector<SubjectAttribute>& attributes) {
  std::vector<CsrAttribute> subject;
  for (const auto& attribute : attributes) {
    const auto encoding = encoding_of(attribute.oid);
    if (encoding == TextEncoding::printable && !is_printable_string(attribute.value))
      return fail(
          {.kind = TroubleKind::usage,
           .code = "bad_organization",
           .what = "cannot request a certificate for the organization",
           .why = std::string(attribute.name) + " is '" + attribute.value +
                  "', and that attribute holds only the letters A to Z, digits, spaces and '()+,-./:=?",
           .hint = "write it without other signs, in the way the CA has it in its records"});
    subject.push_back({attribute, encoding});
  }
  return subject;
}

}  // namespace certmgr
