// SPDX-License-Identifier: MIT
#include "cli/finding_views.h"

#include <algorithm>

namespace certmgr::cli {
namespace {

using nlohmann::ordered_json;

std::string counted(int number, const std::string& noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

}  // namespace

ordered_json findings_view(const std::vector<Finding>& findings) {
  auto views = ordered_json::array();
  for (const auto& finding : findings)
    views.push_back({{"severity", to_string(finding.severity)},
                     {"check", finding.check},
                     {"subject", finding.subject},
                     {"code", finding.code},
                     {"message", finding.message()},
                     {"hint", finding.hint},
                     {"detail", finding.detail}});
  return views;
}

std::string findings_text(const std::vector<Finding>& findings) {
  std::string text;
  for (const auto& finding : findings) {
    std::string word(to_string(finding.severity));
    word.resize(9, ' ');
    text += word + finding.what + "\n";
    if (finding.severity == Severity::ok) continue;
    if (!finding.why.empty()) text += "         why: " + finding.why + "\n";
    if (!finding.hint.empty()) text += "         try: " + finding.hint + "\n";
  }
  return text;
}

int count(const std::vector<Finding>& findings, Severity severity) {
  return static_cast<int>(std::count_if(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.severity == severity;
  }));
}

std::string findings_summary(const std::vector<Finding>& findings) {
  const int problems = count(findings, Severity::problem);
  const int warnings = count(findings, Severity::warning);
  const std::string first = problems == 0 ? "no problems" : counted(problems, "problem");
  return warnings == 0 ? first : first + ", " + counted(warnings, "warning");
}

}  // namespace certmgr::cli
