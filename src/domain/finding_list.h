// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "certmgr/domain/organization_check.h"

namespace certmgr {

/// Collects what is wrong with a record. A field tells its first fault only.
class FindingList {
 public:
  explicit FindingList(std::string organization) : organization_(std::move(organization)) {}

  /// "'FIELD' WHY"
  void fault(const std::string& field, const std::string& why, const std::string& hint);
  void warning(const std::string& field, const std::string& why, const std::string& hint);
  /// What holds for every text: UTF-8, no control characters, no placeholder, not longer than `most`.
  void check_text(const std::string& field, const std::string& text, std::size_t most);
  /// `any`: XX, for what ISO 3166-1 does not have, is possible (Baseline Requirements 7.1.4.2).
  void check_country(const std::string& field, const std::string& code, bool any);

  /// In characters; of what is no UTF-8, in octets.
  static std::size_t length(const std::string& text);
  OrganizationFindings take() { return std::move(findings_); }

 private:
  [[nodiscard]] OrganizationFinding finding(const std::string& field, const std::string& why,
                                            const std::string& hint) const;

  std::string organization_;
  OrganizationFindings findings_;
  std::set<std::string> faulty_;
};

}  // namespace certmgr
