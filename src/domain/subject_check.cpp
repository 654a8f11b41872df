// SPDX-License-Identifier: MIT
#include "domain/subject_check.h"

#include <algorithm>
#include <array>

#include "domain/characters.h"
#include "domain/subject_text.h"

namespace certmgr {
namespace {

constexpr std::string_view kCommonName = "2.5.4.3";
constexpr std::string_view kCountry = "2.5.4.6";
constexpr std::string_view kLocality = "2.5.4.7";
constexpr std::string_view kState = "2.5.4.8";
constexpr std::string_view kOrganizationIdentifier = "2.5.4.97";

/// Prohibited at every level that is ordered (Baseline Requirements 7.1.2.7): OU, surname, given name.
constexpr std::array<std::string_view, 3> kForbidden{"2.5.4.11", "2.5.4.4", "2.5.4.42"};
/// Allowed at OV and EV without having been asked for: street, postal code.
constexpr std::array<std::string_view, 2> kAddress{"2.5.4.9", "2.5.4.17"};

template <class List>
bool holds(const List& list, std::string_view oid) {
  return std::find(list.begin(), list.end(), oid) != list.end();
}

class SubjectCheck {
 public:
  SubjectCheck(IdentityVerdict& verdict, const ChainFacts& found, const IdentityExpectation& asked,
               CertificateLevel level)
      : verdict_(verdict), found_(found), asked_(asked), level_(level) {}

  void run() {
    for (const auto& wanted : asked_.subject) compare(wanted);
    if (!asked_.subject.empty() && !find(kState) && !find(kLocality))
      fault("it names neither a state nor a locality");
    for (const auto& attribute : found_.subject) judge(attribute);
  }

 private:
  void fault(std::string why) { verdict_.faults.push_back({"subject_mismatch", std::move(why)}); }
  void warning(std::string why) { verdict_.warnings.push_back({"subject_mismatch", std::move(why)}); }

  [[nodiscard]] const FoundAttribute* find(std::string_view oid) const {
    for (const auto& attribute : found_.subject)
      if (attribute.oid == oid) return &attribute;
    return nullptr;
  }

  [[nodiscard]] bool was_asked(std::string_view oid) const {
    return std::any_of(asked_.subject.begin(), asked_.subject.end(),
                       [&](const SubjectAttribute& wanted) { return wanted.oid == oid; });
  }

  void compare(const SubjectAttribute& wanted) {
    const std::string name(wanted.name);
    const auto* got = find(wanted.oid);
    if (got == nullptr) {
      // State or locality suffices, and the identifier is the CA's choice: its absence is no other identity.
      const bool needed =
          wanted.oid != kState && wanted.oid != kLocality && wanted.oid != kOrganizationIdentifier;
      const std::string why = name + " '" + wanted.value + "' is missing";
      return needed ? fault(why) : warning(why);
    }
    const std::string why = name + " is '" + got->value + "', asked was '" + wanted.value + "'";
    switch (compare_subject_texts(wanted.value, got->value)) {
      case TextLikeness::same:
        return;
      case TextLikeness::similar:
        return warning(why);
      case TextLikeness::other:
        return fault(why);
    }
  }

  /// What stands there, whether or not it was asked for.
  void judge(const FoundAttribute& attribute) {
    const auto times = std::count_if(found_.subject.begin(), found_.subject.end(),
                                     [&](const FoundAttribute& each) { return each.oid == attribute.oid; });
    if (times > 1 && find(attribute.oid) != &attribute) return fault(attribute.oid + " stands there twice");
    if (attribute.oid == kCommonName) return judge_common_name(attribute.value);
    if (was_asked(attribute.oid)) return;
    const std::string why = "attribute " + attribute.oid + " '" + attribute.value + "' was not asked for";
    if (holds(kForbidden, attribute.oid) || is_placeholder(attribute.value)) return fault(why);
    if (level_ == CertificateLevel::dv)
      return attribute.oid == kCountry ? warning(why) : fault(why + ", and DV must not have it");
    if (attribute.oid == kState || attribute.oid == kLocality || attribute.oid == kOrganizationIdentifier ||
        holds(kAddress, attribute.oid))
      return warning(why);
    if (level_ == CertificateLevel::ev) return fault(why + ", and EV must not have it");
    warning(why);
  }

  /// It repeats a name of the certificate, or says something nobody has verified.
  void judge_common_name(const std::string& value) {
    const auto& names = found_.identifiers;
    if (std::none_of(names.begin(), names.end(), [&](const Identifier& name) { return name.value == value; }))
      fault("CN '" + value + "' is none of its names");
  }

  IdentityVerdict& verdict_;
  const ChainFacts& found_;
  const IdentityExpectation& asked_;
  CertificateLevel level_;
};

}  // namespace

void check_subject(IdentityVerdict& verdict, const ChainFacts& found, const IdentityExpectation& asked,
                   CertificateLevel level) {
  SubjectCheck(verdict, found, asked, level).run();
}

}  // namespace certmgr
