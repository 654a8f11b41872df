// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/trouble.h"

namespace certmgr {

/// How grave a finding is. `warning`: it may be in order, or cannot be known from here.
enum class Severity { ok, warning, problem };
/// "ok", "warning", "problem"
std::string_view to_string(Severity severity);

/// What one check of `doctor` or of the preflight came to. Holds no secrets.
struct Finding {
  Severity severity = Severity::ok;
  std::string check{};    // which check: stable word for scripts, "caa", "clock"
  std::string subject{};  // of what: "pbx.example.com", the name of a CA or of a server
  std::string what{};     // what was found, in one line
  std::string code{};     // stable word, as of a trouble; empty with ok
  std::string why{};      // the reason, in one line
  std::string hint{};     // what to do; empty with ok
  std::string detail{};   // longer machine output

  /// "what: why" in one line.
  [[nodiscard]] std::string message() const;
  bool operator==(const Finding&) const = default;
};

Finding fine(std::string check, std::string subject, std::string what);
/// A trouble as it is told among findings.
Finding finding_of(Severity severity, std::string check, std::string subject, const Trouble& trouble);
/// The other way, for what ends a command: kind permanent.
Trouble trouble_of(const Finding& finding);

/// The gravest of them; ok if there are none.
Severity gravest(const std::vector<Finding>& findings);

}  // namespace certmgr
