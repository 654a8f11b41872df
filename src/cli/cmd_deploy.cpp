// SPDX-License-Identifier: MIT
#include "cli/command.h"
#include "cli/report.h"
#include "cli/terminal_progress.h"

namespace certmgr::cli {
namespace {

struct Options {
  std::string label, server;
  int timeout_s = 300;
};

int deploy(Session& session, const Options& options) {
  IssueReport report;
  {
    TerminalProgress progress(session.output);
    report = session.app().certificates().deploy(options.label, options.server,
                                                 std::chrono::seconds(options.timeout_s), progress);
  }
  return tell(session, report);
}

}  // namespace

void add_deploy(CLI::App& parent, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command =
      parent.add_subcommand("deploy", "Put the current certificate on its servers again, reload and verify");
  command->add_option("LABEL", options->label, "Certificate")->required();
  command
      ->add_option("--server", options->server, "Only this server; it is added to the certificate's servers")
      ->type_name("NAME");
  command->add_option("--timeout", options->timeout_s, "Seconds to wait")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  command->callback(
      [options, &chosen] { chosen = [options](Session& session) { return deploy(session, *options); }; });
}

}  // namespace certmgr::cli
