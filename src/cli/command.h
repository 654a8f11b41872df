// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "certmgr/services/application.h"
#include "cli/output.h"

namespace certmgr::cli {

/// What a command gets to work with. The application is composed (configuration read, store opened)
/// at the first call of `app`, so that --help and wrong usage touch nothing.
class Session {
 public:
  using Compose = std::function<std::unique_ptr<Application>(const GlobalOptions&, const Output&)>;
  Session(const GlobalOptions& options, const Output& out, Compose compose)
      : output(out), options_(options), compose_(std::move(compose)) {}

  Application& app() {
    if (!app_) app_ = compose_(options_, output);
    return *app_;
  }

  const Output& output;

 private:
  const GlobalOptions& options_;
  Compose compose_;
  std::unique_ptr<Application> app_;
};

/// Runs a command and returns the exit code.
using Action = std::function<int(Session&)>;

/// Adds a command to `parent`; when it was given on the command line, `chosen` becomes its action. One
/// function per file cmd_NAME.cpp.
using AddCommand = void (*)(CLI::App& parent, Action& chosen);

void add_issue(CLI::App& parent, Action& chosen);
void add_renew(CLI::App& parent, Action& chosen);
void add_list(CLI::App& parent, Action& chosen);
void add_show(CLI::App& parent, Action& chosen);
void add_export(CLI::App& parent, Action& chosen);
void add_deploy(CLI::App& parent, Action& chosen);
void add_server(CLI::App& parent, Action& chosen);
void add_account(CLI::App& parent, Action& chosen);
void add_db(CLI::App& parent, Action& chosen);

}  // namespace certmgr::cli
