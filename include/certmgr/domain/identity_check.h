// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/certificate_level.h"
#include "certmgr/domain/instant.h"
#include "certmgr/domain/issued_check.h"

namespace certmgr {

struct IdentityExpectation {
  CertificateLevel level = CertificateLevel::dv;
  std::vector<SubjectAttribute> subject{};  // subject_of(), in normal form C; empty for DV
  bool public_rules = true;  // false: a private CA, which has no reserved policies and no longest life
  /// What the record of the organization says when the certificate comes, if that is something else by then.
  std::vector<SubjectAttribute> today{};
  bool operator==(const IdentityExpectation&) const = default;
};

/// One difference. Codes: those of judge_issued(), "level_mismatch", "subject_mismatch", "validity_cap",
/// "validity_longer" (than was asked for, and approved), "policy_missing", "usage_mismatch",
/// "organization_changed".
struct IdentityFinding {
  std::string code;
  std::string why;  // what was asked, and what was found
  bool operator==(const IdentityFinding&) const = default;
};

/// All there is to say, faults first found first.
struct IdentityVerdict {
  CertificateLevel asked = CertificateLevel::dv;
  std::optional<CertificateLevel> found{};  // nothing: not exactly one reserved policy
  std::vector<IdentityFinding> faults{};
  std::vector<IdentityFinding> warnings{};  // it may be used; somebody should read them

  /// What was ordered.
  [[nodiscard]] bool clean() const { return faults.empty(); }
  /// A person may decide to use it all the same. Not if it is for another key, or servers could not serve it.
  [[nodiscard]] bool acceptable() const;
  /// Right in all but its level, which is a lower one: some CAs send such a certificate first and the one
  /// that was ordered later.
  [[nodiscard]] bool placeholder() const;
  bool operator==(const IdentityVerdict&) const = default;
};

/// Compares level, organization, names, key, life and purpose of what came back with what was asked, at every
/// level. Texts count as equal when they differ in runs of spaces; a difference in capitals alone, or in how
/// the legal form is abbreviated, is a warning. not_before stands for the day of issuance. Pure.
IdentityVerdict judge_identity(const ChainFacts& found, const Expectation& asked,
                               const IdentityExpectation& identity, Instant now);

}  // namespace certmgr
