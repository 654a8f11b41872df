// SPDX-License-Identifier: MIT
#include "certmgr/domain/finding.h"

#include <algorithm>

namespace certmgr {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::ok:
      return "ok";
    case Severity::warning:
      return "warning";
    case Severity::problem:
      break;
  }
  return "problem";
}

std::string Finding::message() const { return why.empty() ? what : what + ": " + why; }

Finding fine(std::string check, std::string subject, std::string what) {
  return {.severity = Severity::ok,
          .check = std::move(check),
          .subject = std::move(subject),
          .what = std::move(what)};
}

Finding finding_of(Severity severity, std::string check, std::string subject, const Trouble& trouble) {
  return {.severity = severity,
          .check = std::move(check),
          .subject = std::move(subject),
          .what = trouble.what,
          .code = trouble.code,
          .why = trouble.why,
          .hint = trouble.hint,
          .detail = trouble.detail};
}

Trouble trouble_of(const Finding& finding) {
  return {.kind = TroubleKind::permanent,
          .code = finding.code,
          .what = finding.what,
          .why = finding.why,
          .hint = finding.hint,
          .detail = finding.detail};
}

Severity gravest(const std::vector<Finding>& findings) {
  Severity worst = Severity::ok;
  for (const auto& finding : findings) worst = std::max(worst, finding.severity);
  return worst;
}

}  // namespace certmgr
