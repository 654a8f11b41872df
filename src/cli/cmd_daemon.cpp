// SPDX-License-Identifier: MIT
#include <map>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/log.h"
#include "cli/log_progress.h"
#include "cli/status_view.h"

namespace certmgr::cli {
namespace {

struct Options {
  bool once = false;
  DaemonRole role = DaemonRole::all;
};

/// Why a run for cron did not end with 0, for the document; people read the log.
Trouble not_all_well(const Status& status, int code) {
  Trouble trouble{.kind = TroubleKind::permanent,
                  .code = code == kDeployFailed ? "not_deployed" : "not_renewed"};
  trouble.what = code == kDeployFailed ? "not every server presents what it should"
                                       : "not every certificate could be obtained or renewed";
  if (code != kDeployFailed && !status.troubled.empty() && status.troubled.front().trouble) {
    const auto& first = status.troubled.front();
    trouble.why = first.line.label + ": " + first.trouble->message();
    trouble.hint = first.trouble->hint;
  } else if (!status.alarms.empty()) {
    trouble.why = status.alarms.front().draft.subject + ": " + status.alarms.front().draft.text;
    trouble.hint = status.alarms.front().draft.hint;
  }
  return trouble;
}

int daemon(Session& session, const Options& options) {
  if (!session.output.quiet()) log_as_service();
  LogProgress progress;
  const int code = session.run_daemon(options.role, options.once, progress);
  if (!options.once || !session.output.json()) return code;
  const Status status = status_of(session.app(), kMostInJson);
  if (code == kDone)
    session.output.result(status_view(status), {});
  else
    session.output.error(not_all_well(status, code), status_view(status));
  return code;
}

}  // namespace

void add_daemon(CLI::App& parent, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = parent.add_subcommand("daemon", "Renew, deploy and watch everything in the store");
  command->add_flag("--once", options->once, "Do what is due, then end (for cron)");
  const std::map<std::string, DaemonRole> roles{
      {"all", DaemonRole::all}, {"network", DaemonRole::network}, {"deploy", DaemonRole::deploy}};
  command
      ->add_option(
          "--role", options->role,
          "Part of the work: network (CAs, messages), deploy (servers' files, hooks, listeners), all")
      ->transform(CLI::CheckedTransformer(roles).description(""))
      ->type_name("ROLE");
  command->callback(
      [options, &chosen] { chosen = [options](Session& session) { return daemon(session, *options); }; });
}

}  // namespace certmgr::cli
