// SPDX-License-Identifier: MIT
#include "domain/finding_list.h"

#include "domain/characters.h"
#include "domain/country_code.h"

namespace certmgr {

OrganizationFinding FindingList::finding(const std::string& field, const std::string& why,
                                         const std::string& hint) const {
  return {field,
          {.kind = TroubleKind::usage,
           .code = "bad_organization",
           .what = "cannot use the organization '" + organization_ + "'",
           .why = "'" + field + "' " + why,
           .hint = hint}};
}

void FindingList::fault(const std::string& field, const std::string& why, const std::string& hint) {
  if (faulty_.insert(field).second) findings_.faults.push_back(finding(field, why, hint));
}

void FindingList::warning(const std::string& field, const std::string& why, const std::string& hint) {
  findings_.warnings.push_back(finding(field, why, hint));
}

void FindingList::check_text(const std::string& field, const std::string& text, std::size_t most) {
  if (text.empty()) return;
  const auto characters = count_characters(text);
  if (!characters)
    fault(field, "is not UTF-8", "write it in a UTF-8 terminal or file");
  else if (holds_control_characters(text))
    fault(field, "holds a line break or another control character", "write it in one line");
  else if (is_placeholder(text))
    fault(field, "is '" + text + "', which stands for no value; certificates must not hold such a value",
          "leave it out");
  else if (padded(text))
    fault(field, "begins or ends with a space", "remove the space");
  else if (*characters > most)
    fault(field,
          "has " + std::to_string(*characters) + " characters; at most " + std::to_string(most) + " fit",
          "shorten it");
}

void FindingList::check_country(const std::string& field, const std::string& code, bool any) {
  if (is_country_code(code) || (any && code == "XX")) return;
  fault(field, "is '" + code + "', which is no country code", country_code_hint(code));
}

std::size_t FindingList::length(const std::string& text) {
  return count_characters(text).value_or(text.size());
}

}  // namespace certmgr
