// SPDX-License-Identifier: MIT
#include <map>

#include "cli/command.h"
#include "cli/log.h"
#include "cli/log_progress.h"

namespace certmgr::cli {
namespace {

struct Options {
  bool once = false;
  DaemonRole role = DaemonRole::all;
};

int daemon(Session& session, const Options& options) {
  if (!session.output.quiet()) log_as_service();
  LogProgress progress;
  return session.run_daemon(options.role, options.once, progress);
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
