// SPDX-License-Identifier: MIT
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/finding_views.h"
#include "cli/terminal_progress.h"

namespace certmgr::cli {
namespace {

/// What cannot even be opened is the first thing to repair: told like any other finding.
Finding not_opened(const Trouble& trouble) {
  const std::string check = trouble.kind == TroubleKind::configuration ? "configuration" : "store";
  return finding_of(Severity::problem, check, check, trouble);
}

std::vector<Finding> examine(Session& session) {
  std::vector<Finding> findings;
  Application* app = nullptr;
  try {
    app = &session.app_to_look();
  } catch (const Failure& failure) {
    return {not_opened(failure.trouble())};
  }
  findings.push_back(fine("configuration", "configuration", "the configuration can be used"));
  TerminalProgress progress(session.output);
  for (auto& finding : app->doctor().examine(progress)) findings.push_back(std::move(finding));
  return findings;
}

int doctor(Session& session, bool all) {
  const auto findings = examine(session);
  const int problems = count(findings, Severity::problem);
  const nlohmann::ordered_json document{{"ok", problems == 0},
                                        {"problems", problems},
                                        {"warnings", count(findings, Severity::warning)},
                                        {"findings", findings_view(findings)}};
  auto shown = findings;
  if (!all) std::erase_if(shown, [](const Finding& finding) { return finding.severity == Severity::ok; });
  session.output.result(document, findings_text(shown) + findings_summary(findings) + " in " +
                                      std::to_string(findings.size()) + " findings\n");
  return problems == 0 ? kDone : kFailed;
}

}  // namespace

void add_doctor(CLI::App& parent, Action& chosen) {
  auto all = std::make_shared<bool>(false);
  auto* command = parent.add_subcommand(
      "doctor", "Look at everything configured and registered, and say what is wrong and what to do");
  command->add_flag("--all", *all, "Show what is in order, too");
  command->callback([all, &chosen] { chosen = [all](Session& session) { return doctor(session, *all); }; });
}

}  // namespace certmgr::cli
