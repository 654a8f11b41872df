// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "cli/command.h"

namespace certmgr::cli {

/// The CA that was named, else the default one.
std::string chosen_ca(Application& app, const std::string& named);
/// account_view() for people.
std::string account_text(const nlohmann::ordered_json& view);
/// A command about the account at one CA, which its options name in `ca`.
template <class Options, class Run>
CLI::App* add_account_verb(CLI::App& group, const char* verb, const char* help, Run run,
                           const std::shared_ptr<Options>& options, Action& chosen) {
  auto* command = group.add_subcommand(verb, help);
  command->add_option("CA", options->ca, "Name of the CA (default: the default CA)");
  command->callback([options, run, &chosen] {
    chosen = [options, run](Session& session) { return run(session, *options); };
  });
  return command;
}

/// `account rotate-key`, `deactivate` and `orders`.
void add_account_changes(CLI::App& group, Action& chosen);

}  // namespace certmgr::cli
